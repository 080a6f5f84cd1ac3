// The unit tests need no VS Code: they test what doesn't import it.
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["test/**/*.test.ts"] } });
