// Answers, in JSON, as soon as the page gives another answer than `known`, and after `limit` milliseconds with what there is.
const [known, limit, ...rest] = arguments;
const done = rest.pop();
const args = rest;
const ask = () => {
  try {
    return { value: question(args) ?? null };
  } catch (error) {
    return { error: String(error) };
  }
};
let timer;
const observer = new MutationObserver(() => look(false));
const finish = (answer) => {
  observer.disconnect();
  clearTimeout(timer);
  for (const name of ["load", "input", "change"]) document.removeEventListener(name, onEvent, true);
  done(JSON.stringify(answer));
};
const look = (last) => {
  const answer = ask();
  if (last || JSON.stringify(answer) !== known) finish(answer);
};
const onEvent = () => look(false);
observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
// A picture that arrives and a value that is typed change no node.
for (const name of ["load", "input", "change"]) document.addEventListener(name, onEvent, true);
timer = setTimeout(() => look(true), limit);
look(false);
