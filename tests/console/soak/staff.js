// One task of somebody at a computer, done on the page as a hand would do it: what is clicked is clicked on its button, what is typed reaches
// its field. Answers what came of it: "done", or why it was left. What is left is no failure by itself: a colleague may have deleted the offer
// in the meantime, or a question stands where the field was.
const [task, done] = arguments;

const byId = (id, root = document) => root.querySelector(`[data-testid="${CSS.escape(id)}"]`);
const allById = (id, root = document) => [...root.querySelectorAll(`[data-testid="${CSS.escape(id)}"]`)];
const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
const offerTitled = (title) =>
  allById("offer").find((card) => words(byId("offer-title", card) ?? card) === title) ?? null;
const frame = () => new Promise((next) => setTimeout(next, 50));
const later = (ms) => new Promise((next) => setTimeout(next, ms));

/** What `question` finds, as soon as it finds something. */
const until = async (what, question) => {
  for (const end = Date.now() + 15_000; Date.now() < end; await frame()) {
    const found = question();
    if (found) return found;
  }
  throw new Error(`not in time: ${what}`);
};
const click = async (id, root = document) =>
  (await until(id, () => (byId(id, root)?.disabled === false ? byId(id, root) : null))).click();
const put = async (id, value) => {
  const field = await until(id, () => byId(id));
  const owner = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(owner.prototype, "value").set.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const escape = () =>
  (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent("keydown", { key: "Escape", code: "Escape", bubbles: true, cancelable: true }),
  );

/** Back to the plain list, whatever stands over it or beside it. */
const tidy = async () => {
  await until("the plain list", () => {
    const question = byId("confirm-yes") ?? byId("confirm-cancel");
    if (question) question.click();
    else if (byId("cancel")) byId("cancel").click();
    else if (byId("editor") || byId("history") || byId("activity") || byId("handover")) escape();
    else return true;
    return false;
  });
};

const open = async (title) => {
  const card = await until(`"${title}" on the list`, () => offerTitled(title));
  await click("offer-edit", card);
  await until("its editor", () => byId("editor"));
};
const save = async () => {
  await click("save");
  await until("the change to be safe", () => {
    const state = byId("save-state");
    return state === null || !/Not saved yet|Saving/.test(words(state));
  });
};

const tasks = {
  async create({ title, photo }) {
    await click("new-offer");
    await put("field-title", title);
    await put("field-short_description", "Two nights by the lake.");
    if (photo) {
      await click("photo-pick");
      await until("the photo", () => /sent as/i.test(byId("photo-sizes")?.textContent ?? ""));
    }
    await save();
    await until("the new offer", () => offerTitled(title));
  },
  async edit({ title, field, value, photo }) {
    await open(title);
    if (byId("conflict")) {
      await click("conflict-theirs-all");
      await save();
      return;
    }
    await put(`field-${field}`, value);
    if (photo) {
      await click("photo-pick");
      await until("the photo", () => /sent as/i.test(byId("photo-sizes")?.textContent ?? ""));
    }
    await save();
  },
  async remove({ title }) {
    const card = await until(`"${title}" on the list`, () => offerTitled(title));
    await click("offer-delete", card);
    await click("confirm-delete");
    await until("it to go", () => offerTitled(title) === null);
  },
  async search({ value }) {
    for (let end = 1; end <= value.length; end += 1) {
      await put("search", value.slice(0, end));
      await frame();
    }
    await later(300);
    await put("search", "");
  },
  async look() {
    for (const id of ["layout-table", "layout-timeline", "view-live", "view-hidden", "view-all", "layout-cards"]) {
      await click(id);
      await later(200);
    }
  },
  async past({ title }) {
    await open(title);
    await click("show-history");
    await until("its history", () => byId("history-row"));
    await later(200);
  },
  async activity() {
    await click("show-activity");
    await until("its rows", () => byId("activity-row"));
    await put("activity-search", "offers");
    await later(300);
  },
};

tidy()
  .then(() => tasks[task.name](task))
  .then(tidy)
  .then(
    () => done("done"),
    (error) => tidy().then(() => done(error.message), () => done(`${error.message}, and the list is not back`)),
  );
