/** The second half of the window's program (`later.svelte.ts`). */
export { default as Sortable } from "sortablejs";
export { Toaster } from "svelte-sonner";
export { default as Beside } from "./Beside.svelte";
export { default as Dialogs } from "./Dialogs.svelte";
export { default as OfferWindow } from "./OfferWindow.svelte";
export { default as OfferTable } from "./OfferTable.svelte";
export { default as SignIn } from "./SignIn.svelte";
export { default as Timeline } from "./Timeline.svelte";
export { default as WindowMenu } from "./WindowMenu.svelte";
