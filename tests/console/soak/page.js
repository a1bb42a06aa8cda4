// From now on the page's own errors are kept for whoever asks.
const [done] = arguments;
if (!window.testErrors) {
  const errors = (window.testErrors = []);
  const complain = console.error;
  console.error = (...said) => {
    errors.push(said.map(String).join(" "));
    complain(...said);
  };
  window.addEventListener("error", (event) => errors.push(`${event.message} at ${event.filename}:${event.lineno}`));
  window.addEventListener("unhandledrejection", (event) => errors.push(`rejected: ${event.reason?.message ?? event.reason}`));
}
done(window.testErrors.splice(0));
