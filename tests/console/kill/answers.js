// The answers of the shift that `known` is not yet counting, as soon as there are any.
const [known, done] = arguments;
const shift = window.testShift;
const tell = () => {
  shift.wake = () => {};
  done(shift.answers.slice(known));
};
if (shift.answers.length > known) tell();
else {
  shift.wake = tell;
  setTimeout(tell, 1000);
}
