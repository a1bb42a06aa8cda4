// Works through the lanes of a shift, through the same door as the page's own buttons, and keeps every answer for whoever asks. The lanes run
// beside each other; within one, a step waits for the answer to the one before. Answers at once: the work goes on until it is done or cut off.
const [lanes, done] = arguments;
const { invoke } = window.__TAURI_INTERNALS__;
const shift = (window.testShift = { answers: [], wake: () => {} });

// Offers by title, as this page has seen them: titles are given once and never changed.
const known = new Map();
const look = async () => {
  for (const offer of (await invoke("snapshot")).offers) known.set(offer.fields.title, offer);
};
let picked = null;
const ready = async () => invoke("prepare_photo", { chosen: await invoke("pick_photo"), crop: null });
const photo = (wanted) => (wanted ? (picked ??= ready()) : null);

const patchOf = (offer, values) =>
  Object.fromEntries(Object.entries(values).map(([field, after]) => [field, { before: offer.fields[field], after }]));

const deeds = {
  create: async ({ title, values, photo: wanted }) => {
    const fields = {
      details_text: "", details_html: "", valid_from: null, valid_to: null, tag: "", book_now_url: "",
      sort_order: 0, is_active: true, ...values, title,
    };
    const key = await invoke("create_offer", { fields, photo: await photo(wanted) });
    known.set(title, { key, fields });
  },
  edit: async ({ title, values, photo: wanted }) => {
    const offer = known.get(title);
    const staged = await photo(wanted);
    await invoke("update_offer", { key: offer.key, patch: patchOf(offer, values), photo: staged && { set: staged } });
    Object.assign(offer.fields, values);
  },
  upload: async ({ title }) => invoke("upload_photo", { key: known.get(title).key, photo: await photo(true) }),
  bare: async ({ title }) => invoke("update_offer", { key: known.get(title).key, patch: {}, photo: "remove" }),
  delete: async ({ title }) => invoke("delete_offer", { key: known.get(title).key }),
};

const attempt = async (step) => {
  try {
    return await deeds[step.deed](step);
  } catch (error) {
    if (error?.code !== "not-found") throw error;
    // A new offer has got its id meanwhile.
    await look();
    return deeds[step.deed](step);
  }
};

const work = async (lane) => {
  for (const step of lane) {
    await new Promise((go) => setTimeout(go, step.pause));
    const refused = await attempt(step).then(() => null, (error) => error?.code ?? String(error));
    shift.answers.push({ step: step.number, refused });
    shift.wake();
  }
};
look().then(() => lanes.forEach((lane) => work(lane)));
done(null);
