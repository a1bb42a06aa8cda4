/** The sign-in: prefilled, checked, honest about what is wrong, and careful with what was typed. */
import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { MemoryHotel, type MemoryOptions } from "../src/backend/memory";
import App from "../src/console/App.svelte";
import { lastCall } from "./window";

const known = { apiUrl: "https://hotel.example/api", pusherKey: "key", pusherCluster: "eu", username: "frontdesk" };

async function openSignIn(form: MemoryOptions["form"] = known) {
  const hotel = new MemoryHotel({ form });
  hotel.seed({ title: "Spa weekend", short_description: "d" });
  render(App, { backend: hotel.open(), locale: "en-IE" });
  await screen.findByTestId("signin");
  const input = (name: string) => screen.getByTestId<HTMLInputElement>(`signin-${name}`);
  await waitFor(() => expect(input("api-url").value).toBe(form?.apiUrl ?? ""));
  return { hotel, user: userEvent.setup(), input };
}

it("is filled in with what is known, and Enter connects", async () => {
  const { hotel, user, input } = await openSignIn();
  expect(input("username")).toHaveValue("frontdesk");
  await user.type(input("password"), "frontdesk{Enter}");
  expect(await screen.findByTestId("console")).toBeVisible();
  expect(lastCall(hotel, "signIn")).toEqual([expect.objectContaining(known), "frontdesk"]);
  expect(await screen.findByText("Spa weekend")).toBeVisible();
});

it("asks for what is missing at its field", async () => {
  const { hotel, user, input } = await openSignIn({});
  await user.click(screen.getByTestId("signin-submit"));
  expect(screen.getByTestId("signin-api-url-error")).toBeVisible();
  expect(screen.getByTestId("signin-password-error")).toBeVisible();
  expect(input("api-url")).toHaveFocus();
  expect(lastCall(hotel, "signIn")).toBeUndefined();
});

it("leaves the cursor where somebody types, whatever else is missing", async () => {
  const { user, input } = await openSignIn({});
  await user.click(screen.getByTestId("signin-submit"));
  await user.keyboard("https://hotel.example/api");
  expect(input("api-url")).toHaveValue("https://hotel.example/api");
  expect(input("api-url")).toHaveFocus();
  await user.click(screen.getByTestId("signin-submit"));
  expect(input("username"), "the next thing that is missing").toHaveFocus();
});

it("shows a refusal in words and keeps everything typed", async () => {
  const { hotel, user, input } = await openSignIn();
  hotel.failNext("signIn", "wrong-credentials", "refused", {
    non_field_errors: ["Unable to log in with provided credentials."],
  });
  await user.type(input("password"), "nope");
  await user.click(screen.getByTestId("signin-submit"));
  expect(await screen.findByTestId("signin-error")).toHaveTextContent("Unable to log in with provided credentials.");
  expect(input("password")).toHaveValue("nope");
  expect(input("api-url")).toHaveValue(known.apiUrl);
});

it("shows an error at the field it names, whichever way the name is written", async () => {
  const { hotel, user, input } = await openSignIn();
  hotel.failNext("signIn", "unreachable", "no", { api_url: ["Nothing answers at this address."] });
  await user.type(input("password"), "x{Enter}");
  expect(await screen.findByTestId("signin-api-url-error")).toHaveTextContent("Nothing answers at this address.");
  expect(screen.queryByTestId("signin-error")).toBeNull();
});

it("connects without encryption only with the user's consent", async () => {
  const { hotel, user, input } = await openSignIn();
  hotel.failNext("signIn", "insecure", "The password would travel readable to 10.0.0.7.");
  await user.type(input("password"), "x{Enter}");
  await user.click(await screen.findByTestId("signin-allow-insecure"));
  expect(screen.getByText(/would travel readable/)).toBeVisible();
  await user.click(screen.getByTestId("signin-submit"));
  await screen.findByTestId("console");
  expect(lastCall(hotel, "signIn")?.[0]).toMatchObject({ allowInsecure: true });
});

it("asks for consent again when the address is another one", async () => {
  const { hotel, user, input } = await openSignIn();
  hotel.failNext("signIn", "insecure", "Readable by others.");
  await user.type(input("password"), "x{Enter}");
  await user.click(await screen.findByTestId("signin-allow-insecure"));
  await user.type(input("api-url"), "2");
  expect(screen.queryByTestId("signin-allow-insecure")).toBeNull();
  await user.click(screen.getByTestId("signin-submit"));
  await screen.findByTestId("console");
  expect(lastCall(hotel, "signIn")?.[0]).toMatchObject({ allowInsecure: false });
});

it("asks for consent again when live updates are no longer to be encrypted", async () => {
  const { hotel, user, input } = await openSignIn();
  hotel.failNext("signIn", "insecure", "Readable by others.");
  await user.type(input("password"), "x{Enter}");
  await user.click(await screen.findByTestId("signin-allow-insecure"));
  await user.click(screen.getByTestId("signin-pusher-tls"));
  expect(screen.queryByTestId("signin-allow-insecure")).toBeNull();
  await user.click(screen.getByTestId("signin-submit"));
  await screen.findByTestId("console");
  expect(lastCall(hotel, "signIn")?.[0]).toMatchObject({ allowInsecure: false, pusherTls: false });
});

it("refuses a port that is none, and shows where it stands", async () => {
  const { hotel, user, input } = await openSignIn();
  await user.type(input("pusher-port"), "60o1");
  await user.type(input("password"), "x{Enter}");
  expect(await screen.findByTestId("signin-pusher-port-error")).toHaveTextContent("A port is a number up to 65535.");
  expect(input("pusher-port")).toHaveValue("60o1");
  expect(lastCall(hotel, "signIn")).toBeUndefined();
});

it("tests the connection in four steps and says which one needs a look", async () => {
  const { user } = await openSignIn({ ...known, pusherKey: "" });
  await user.click(screen.getByTestId("signin-test"));
  const steps = await screen.findAllByTestId("signin-check");
  expect(steps.map((step) => [step.dataset["step"], step.dataset["ok"]])).toEqual([
    ["address", "true"],
    ["sign-in", "true"],
    ["offers", "true"],
    ["live", "false"],
  ]);
});

it("opens the self-hosted part by itself when a host is given", async () => {
  const { input } = await openSignIn({ ...known, pusherHost: "127.0.0.1", pusherPort: 6001, pusherTls: false });
  await waitFor(() => expect(input("pusher-host").closest("details")).toHaveAttribute("open"));
  expect(input("pusher-port")).toHaveValue("6001");
  expect(screen.getByTestId("signin-pusher-tls")).not.toBeChecked();
});

it("opens the demo hotel in one click, marked as such", async () => {
  const { hotel, user } = await openSignIn({});
  await user.click(screen.getByTestId("signin-demo"));
  expect(await screen.findByText("Demo")).toBeVisible();
  expect(lastCall(hotel, "signInDemo")).toEqual([]);
});

it("comes back after signing out, with nothing of the hotel on screen", async () => {
  const { user, input } = await openSignIn();
  await user.type(input("password"), "x{Enter}");
  await user.click(await screen.findByTestId("sign-out"));
  expect(await screen.findByTestId("signin")).toBeVisible();
  expect(screen.queryByText("Spa weekend")).toBeNull();
});

it("takes the server from a file, and leaves the person as typed", async () => {
  const { hotel, user, input } = await openSignIn({});
  await user.type(input("username"), "manager");
  hotel.nextForm = {
    apiUrl: "https://other.example/api",
    pusherKey: "other-key",
    pusherCluster: "us2",
    pusherHost: "",
    pusherPort: null,
    pusherTls: true,
    username: "",
    allowInsecure: false,
  };
  await user.click(screen.getByTestId("signin-env"));
  expect(await screen.findByText("Filled in from the file.")).toBeVisible();
  expect(input("api-url")).toHaveValue("https://other.example/api");
  expect(input("pusher-key")).toHaveValue("other-key");
  expect(input("pusher-cluster")).toHaveValue("us2");
  expect(input("username")).toHaveValue("manager");
});

it("says why a file is of no use, and keeps the form", async () => {
  const { hotel, user, input } = await openSignIn();
  hotel.failNext("pickSignInForm", "invalid", "This file names no server: a line VITE_API_URL=… is missing.");
  await user.click(screen.getByTestId("signin-env"));
  expect(await screen.findByTestId("signin-error")).toHaveTextContent("VITE_API_URL=… is missing");
  expect(input("api-url")).toHaveValue(known.apiUrl);
});
