/**
 * Signing in: the form, the connection test, and the consent to a connection that is not encrypted. Nothing typed is lost on an
 * error. The password lives here until the console opens, and nowhere else in the window.
 */
import type { FieldErrors } from "../backend/backend";
import type { Backend } from "../backend/backend";
import type { AppError, CheckStep, SignInForm } from "../backend/bindings";
import { asAppError } from "./errors";

export type SignInField = keyof SignInForm | "password";

const emptyForm: SignInForm = {
  apiUrl: "",
  pusherKey: "",
  pusherCluster: "",
  pusherHost: "",
  pusherPort: null,
  pusherTls: true,
  username: "",
  allowInsecure: false,
};

/** Errors come by the form's names, or by the wire's (`api_url`). */
const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

export class SignInSession {
  form = $state<SignInForm>({ ...emptyForm });
  password = $state("");
  /** what stands in the port's field, which need not be a port */
  port = $state("");
  errors = $state.raw<Partial<Record<SignInField, string>>>({});
  /** So many times something was to be mended in a field: each leads there. */
  refusals = $state.raw(0);
  failure = $state.raw<string | null>(null);
  /** the address is not encrypted and another computer's: the user has to agree */
  insecure = $state.raw<string | null>(null);
  steps = $state.raw<CheckStep[] | null>(null);
  busy = $state.raw<"connect" | "demo" | "test" | "file" | null>(null);
  /** what was done without a visible answer of its own */
  said = $state.raw("");

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Fills in what is remembered or given by the environment, but nothing over what was typed meanwhile. */
  async prefill(): Promise<void> {
    try {
      const known = await this.#backend.signInForm();
      const typed = Object.entries(this.form).filter(([name, value]) => value !== emptyForm[name as keyof SignInForm]);
      this.form = { ...known, ...(Object.fromEntries(typed) as Partial<SignInForm>) };
      if (this.port === "") this.port = known.pusherPort?.toString() ?? "";
    } catch (error) {
      this.failure = asAppError(error).message;
    }
  }

  connect(): Promise<void> {
    return this.#run("connect", async () => {
      await this.#backend.signIn($state.snapshot(this.form), this.password);
      this.password = "";
    });
  }

  demo(): Promise<void> {
    return this.#run("demo", () => this.#backend.signInDemo());
  }

  test(): Promise<void> {
    return this.#run("test", async () => {
      this.steps = null;
      this.steps = await this.#backend.testConnection($state.snapshot(this.form), this.password);
    });
  }

  /** The server from a file. It says nothing of the person, so that stays. */
  fromFile(): Promise<void> {
    return this.#run("file", async () => {
      const found = await this.#backend.pickSignInForm();
      if (!found) return;
      this.form = { ...found, username: this.form.username, allowInsecure: false };
      this.port = found.pusherPort?.toString() ?? "";
      this.insecure = null;
      this.steps = null;
      this.said = "Filled in from the file.";
    });
  }

  /** Something was typed: what was said about this field no longer holds, nor does the consent given to another connection. */
  touched(field: SignInField): void {
    if (field === "apiUrl" || field === "pusherHost" || field === "pusherTls") {
      this.insecure = null;
      this.form.allowInsecure = false;
    }
    const { [field]: _, ...others } = this.errors;
    this.errors = others;
    this.steps = null;
  }

  async #run(what: "connect" | "demo" | "test" | "file", run: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.errors = {};
    this.failure = null;
    this.said = "";
    if ((what === "connect" || what === "test") && !this.#complete(what)) return;
    this.busy = what;
    try {
      await run();
    } catch (error) {
      this.#say(asAppError(error));
    } finally {
      this.busy = null;
    }
  }

  #complete(what: "connect" | "test"): boolean {
    const errors: Partial<Record<SignInField, string>> = {};
    if (!this.form.apiUrl.trim()) errors.apiUrl = "Enter the server's address.";
    const port = this.port.trim();
    this.form.pusherPort = port === "" ? null : Number(port);
    if (port !== "" && !(/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536)) {
      errors.pusherPort = "A port is a number up to 65535.";
    }
    if (what === "connect" && !this.form.username.trim()) errors.username = "Enter your user name.";
    if (what === "connect" && !this.password) errors.password = "Enter your password.";
    return this.#mark(errors) === 0;
  }

  #say({ code, message, fields }: AppError): void {
    if (code === "insecure") {
      this.insecure = message;
      return;
    }
    const placed: Partial<Record<SignInField, string>> = {};
    const rest: string[] = [];
    for (const [name, words] of Object.entries((fields ?? {}) as FieldErrors)) {
      const field = camel(name);
      if (field in emptyForm || field === "password") placed[field as SignInField] = words.join(" ");
      else rest.push(...words);
    }
    const marked = this.#mark(placed);
    if (rest.length > 0) this.failure = rest.join(" ");
    else if (marked === 0) this.failure = message;
  }

  /** Answers how many there are. */
  #mark(errors: Partial<Record<SignInField, string>>): number {
    this.errors = errors;
    const count = Object.keys(errors).length;
    if (count > 0) this.refusals++;
    return count;
  }
}
