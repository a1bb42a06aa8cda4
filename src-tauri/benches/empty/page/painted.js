// The same moment of which the console tells: at once in a window that is not shown yet, and so runs no frame; else the second frame, or a
// little later in a window that is covered.
let told = false;
const tell = () => {
  if (!told) document.title = "painted";
  told = true;
};
if (document.hidden) tell();
requestAnimationFrame(() => requestAnimationFrame(tell));
setTimeout(tell, 20);
