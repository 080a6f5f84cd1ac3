// What an editor's version can do.

/** Whether this VS Code takes the trigger command's arguments, which came with 1.106. */
export function growsInPlace(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 1 || (major === 1 && minor >= 106);
}
