/** The real backend: typed commands of the shell, its change feed, its `photo://` protocol. Only this module imports `@tauri-apps/*`. */
import { convertFileSrc } from "@tauri-apps/api/core";
import { getCurrentWebviewWindow } from "@tauri-apps/api/webviewWindow";

import type { Backend } from "./backend";
import { commands, events } from "./bindings";

/** The shell answers "nothing" as null. */
const done = async (command: Promise<null>): Promise<void> => {
  await command;
};

export function createTauriBackend(): Backend {
  return {
    windowLabel: getCurrentWebviewWindow().label,
    subscribe: (onBatch) => events.changes.listen(({ payload }) => onBatch(payload)),
    snapshot: commands.snapshot,

    signInForm: commands.signInForm,
    signIn: (form, password) => done(commands.signIn(form, password)),
    signInDemo: () => done(commands.signInDemo()),
    testConnection: commands.testConnection,
    signOut: () => done(commands.signOut()),
    keepTokenInFile: () => done(commands.keepTokenInFile()),

    createOffer: commands.createOffer,
    updateOffer: (key, patch, photo) => done(commands.updateOffer(key, patch, photo)),
    deleteOffer: (key) => done(commands.deleteOffer(key)),
    uploadPhoto: (key, photo) => done(commands.uploadPhoto(key, photo)),
    pickPhoto: commands.pickPhoto,
    retryOffer: (key) => done(commands.retryOffer(key)),
    discardChanges: (key) => done(commands.discardChanges(key)),
    resolveConflict: (key, choices) => done(commands.resolveConflict(key, choices)),

    retryNow: () => done(commands.retryNow()),
    openConsoleWindow: () => done(commands.openConsoleWindow()),
    windowReady: () => done(commands.windowReady()),
    photoUrl: (hash) => convertFileSrc(hash, "photo"),
  };
}
