// What pip and uv are doing, in words, from what they print; pure.

/** What compiling llama.cpp takes, said before it begins. */
export const COMPILING =
  "There is no ready-made llama.cpp for this machine, so it is compiled now: once, about 8 minutes on 2 cores.";

/** What a line says about how far an installation is; nothing if it says nothing. */
export function progressOf(line: string): string | undefined {
  const fetching = /^\s*Collecting ([\w.-]+)|^DEBUG Selecting: ([\w.-]+)==/.exec(line);
  if (fetching) {
    return `Fetching ${fetching[1] ?? fetching[2] ?? ""}.`;
  }
  const built = /^\s*\[ *(\d+)(?:\/(\d+)|%)\]/.exec(line);
  if (built) {
    return built[2]
      ? `Compiling llama.cpp, file ${built[1] ?? ""} of ${built[2]}.`
      : `Compiling llama.cpp, ${built[1] ?? ""} %.`;
  }
  if (/Building (wheel for )?llama-cpp-python(?!.*finished)/.test(line)) {
    return COMPILING;
  }
  if (/^Installing collected packages|^Prepared \d+ packages?/.test(line)) {
    return "Putting the packages in place.";
  }
  return undefined;
}

/** Why an installation failed, from all that was printed. */
export function failureOf(output: string): string {
  if (/CMAKE_C(XX)?_COMPILER|No CMAKE_CXX_COMPILER|error: Microsoft Visual C\+\+/.test(output)) {
    return (
      "llama.cpp has to be compiled, and there is no C++ compiler. Debian and Ubuntu: apt install g++; " +
      "macOS: xcode-select --install; Windows: the Build Tools for Visual Studio. " +
      "Or choose an endpoint, which needs no llama.cpp."
    );
  }
  if (/No space left on device/.test(output)) {
    return "The disk is full. Make room and try again.";
  }
  if (/Temporary failure in name resolution|Failed to establish a new connection|Could not fetch URL/.test(output)) {
    return "The Python package index can't be reached. Check the network or the proxy and try again.";
  }
  if (/No matching distribution found/.test(output)) {
    return "The package index lacks a package that Foretype needs. The log says which.";
  }
  if (/ensurepip is not available/.test(output)) {
    return "This Python can't make environments. On Debian and Ubuntu: apt install python3-venv.";
  }
  return "The installation failed. The log has everything that was printed.";
}
