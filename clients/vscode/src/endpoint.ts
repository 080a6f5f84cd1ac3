// Setting up an endpoint: its kind, address, model and where its key is. Nothing is asked of it here.
import * as vscode from "vscode";
import { update, userValue } from "./settings";

const ENDPOINTS = "foretype.endpoints";
const ENGINES = "foretype.route.engines";
const NAME = "mine";

interface Service extends vscode.QuickPickItem {
  readonly service: string;
  readonly url: string;
  readonly model: string;
  readonly key: string;
}

const SERVICES: readonly Service[] = [
  service("llama-server", "llama.cpp's own server", "http://127.0.0.1:8080", "", ""),
  service("ollama", "Ollama", "http://127.0.0.1:11434", "qwen2.5-coder:1.5b-base", ""),
  service("openai-completions", "vLLM and other servers with OpenAI's completions", "http://127.0.0.1:8000/v1", "", ""),
  service("mistral-fim", "Mistral's Codestral", "https://codestral.mistral.ai/v1", "codestral-latest", "MISTRAL_API_KEY"),
  service("deepseek-fim", "DeepSeek", "https://api.deepseek.com/beta", "deepseek-chat", "DEEPSEEK_API_KEY"),
  service("openai-chat", "Services with OpenAI's chat completions", "https://", "", "OPENAI_API_KEY"),
];

/** Asks for what an endpoint needs and writes it into the user's settings. */
export async function setUpEndpoint(): Promise<void> {
  const title = "Foretype: an endpoint";
  const picked = await vscode.window.showQuickPick(SERVICES, {
    title,
    placeHolder: "What kind of service is it? Code around your cursor will be sent to it.",
    ignoreFocusOut: true,
  });
  const url = picked && (await ask(title, "Its address", picked.url, isAddress));
  if (!url) {
    return;
  }
  const model = await ask(title, "The model's name there (may be empty)", picked.model);
  const key =
    model === undefined
      ? undefined
      : await ask(title, "The environment variable that holds its key (empty for none)", picked.key, isVariable);
  if (model === undefined || key === undefined) {
    return;
  }
  const endpoint = { kind: picked.service, url, ...(model ? { model } : {}), ...(key ? { key_env: key } : {}) };
  await update(ENDPOINTS, { ...(userValue(ENDPOINTS) as object | undefined), [NAME]: endpoint });
  await update(ENGINES, [NAME]);
  void vscode.window.showInformationMessage(`Foretype now asks ${new URL(url).host}. Its key is never stored.`);
}

/** Why a text can't be an endpoint's address; nothing if it can. */
export function isAddress(text: string): string | undefined {
  return /^https?:\/\/[^\s/]+/.test(text) ? undefined : "An address begins with https:// or http:// and names a host.";
}

function isVariable(text: string): string | undefined {
  return /^\w*$/.test(text) ? undefined : "This has to be the name of a variable, not the key itself.";
}

async function ask(
  title: string,
  prompt: string,
  value: string,
  validateInput: (text: string) => string | undefined = () => undefined,
): Promise<string | undefined> {
  return vscode.window.showInputBox({ title, prompt, value, validateInput, ignoreFocusOut: true });
}

function service(name: string, label: string, url: string, model: string, key: string): Service {
  return { label, description: name, service: name, url, model, key };
}
