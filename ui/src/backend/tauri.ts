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
  const windowLabel = getCurrentWebviewWindow().label;
  return {
    windowLabel,
    // The shell numbers its windows from 1 in each run.
    isFirstWindow: windowLabel === "console-1",
    offer: new URLSearchParams(location.search).get("offer"),
    subscribe: (onBatch) => events.changes.listen(({ payload }) => onBatch(payload)),
    snapshot: commands.snapshot,

    signInForm: commands.signInForm,
    pickSignInForm: commands.pickSignInForm,
    signIn: (form, password) => done(commands.signIn(form, password)),
    signInDemo: () => done(commands.signInDemo()),
    testConnection: commands.testConnection,
    signOut: (waiting) => done(commands.signOut(waiting)),
    cancelSignOut: () => done(commands.cancelSignOut()),
    keepTokenInFile: () => done(commands.keepTokenInFile()),

    createOffer: commands.createOffer,
    updateOffer: (key, patch, photo) => done(commands.updateOffer(key, patch, photo)),
    deleteOffer: (key) => done(commands.deleteOffer(key)),
    uploadPhoto: (key, photo) => done(commands.uploadPhoto(key, photo)),
    cancelUpload: (key) => done(commands.cancelUpload(key)),
    pickPhoto: commands.pickPhoto,
    dropPhoto: commands.dropPhoto,
    pastePhoto: commands.pastePhoto,
    photoAt: commands.photoAt,
    photoAgain: commands.photoAgain,
    preparePhoto: commands.preparePhoto,
    watchMenu: (onChosen) => events.menuChosen(getCurrentWebviewWindow()).listen(({ payload }) => onChosen(payload)),
    setMenu: (names) => done(commands.setMenu(names)),
    watchFiles: (onFiles) => events.filesOver(getCurrentWebviewWindow()).listen(({ payload }) => onFiles(payload)),
    retryOffer: (key) => done(commands.retryOffer(key)),
    discardChanges: (key) => done(commands.discardChanges(key)),
    resolveConflict: (key, choices) => done(commands.resolveConflict(key, choices)),

    reorderOffer: (key, before) => done(commands.reorderOffer(key, before)),
    offerHistory: commands.offerHistory,
    deletedOffers: commands.deletedOffers,
    restoreVersion: commands.restoreVersion,
    saveDraft: (draft) => done(commands.saveDraft(draft)),
    dropDraft: (id) => done(commands.dropDraft(id)),
    drafts: commands.drafts,
    exportOffers: commands.exportOffers,
    pickTable: commands.pickTable,
    cleanMarkup: commands.cleanMarkup,
    activity: commands.activity,
    exportDiagnostics: commands.exportDiagnostics,

    timeZones: commands.timeZones,
    setTimeZone: (name) => done(commands.setTimeZone(name)),
    setWantedAlerts: (wanted) => done(commands.setWantedAlerts(wanted)),
    watchAlerts: (onClicked) =>
      events.alertClicked(getCurrentWebviewWindow()).listen(({ payload }) => onClicked(payload)),

    retryNow: () => done(commands.retryNow()),
    setZoom: (percent) => done(commands.setZoom(percent)),
    openConsoleWindow: () => done(commands.openConsoleWindow()),
    openOfferWindow: (key) => done(commands.openOfferWindow(key)),
    closeOfferWindow: () => done(commands.closeOfferWindow()),
    openPreviewWindow: () => done(commands.openPreviewWindow()),
    guestPreview: commands.guestPreview,
    guestPageIsServed: commands.guestPageIsServed,
    openGuestPage: () => done(commands.openGuestPage()),
    takeLink: commands.takeLink,
    watchLinks: (onLink) => events.linkFollowed(getCurrentWebviewWindow()).listen(() => onLink()),
    knownUpdate: commands.knownUpdate,
    watchUpdate: (onUpdate) => events.updateKnown.listen(({ payload }) => onUpdate(payload)),
    openUpdatePage: () => done(commands.openUpdatePage()),
    windowReady: () => done(commands.windowReady()),
    photoUrl: (hash, size) => {
      const [[name, pixels] = []] = Object.entries(size ?? {});
      return convertFileSrc(hash, "photo") + (name ? `?${name}=${pixels}` : "");
    },
  };
}
