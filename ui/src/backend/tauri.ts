/** The real backend: typed commands of the shell, its change feed, its `photo://` protocol. Only this module imports `@tauri-apps/*`. */
import { convertFileSrc, invoke } from "@tauri-apps/api/core";
import { getCurrentWebviewWindow } from "@tauri-apps/api/webviewWindow";

import type { Backend } from "./backend";
import type { Batch } from "./bindings";

export function createTauriBackend(): Backend {
  const view = getCurrentWebviewWindow();
  return {
    windowLabel: view.label,
    subscribe: (onBatch) => view.listen<Batch>("batch", ({ payload }) => onBatch(payload)),
    snapshot: () => invoke("snapshot"),

    signInForm: () => invoke("sign_in_form"),
    signIn: (form, password) => invoke("sign_in", { form, password }),
    signInDemo: () => invoke("sign_in_demo"),
    testConnection: (form, password) => invoke("test_connection", { form, password }),
    signOut: () => invoke("sign_out"),
    keepTokenInFile: () => invoke("keep_token_in_file"),

    createOffer: (fields, photo) => invoke("create_offer", { fields, photo }),
    updateOffer: (key, patch, photo) => invoke("update_offer", { key, patch, photo }),
    deleteOffer: (key) => invoke("delete_offer", { key }),
    uploadPhoto: (key, photo) => invoke("upload_photo", { key, photo }),
    pickPhoto: () => invoke("pick_photo"),
    retryOffer: (key) => invoke("retry_offer", { key }),
    discardChanges: (key) => invoke("discard_changes", { key }),
    resolveConflict: (key, choices) => invoke("resolve_conflict", { key, choices }),

    retryNow: () => invoke("retry_now"),
    openConsoleWindow: () => invoke("open_console_window"),
    windowReady: () => invoke("window_ready"),
    photoUrl: (hash) => convertFileSrc(hash, "photo"),
  };
}
