// The same moment of which the console tells: the second frame, or a little later in a window that runs none.
let told = false;
const tell = () => {
  if (!told) document.title = "painted";
  told = true;
};
requestAnimationFrame(() => requestAnimationFrame(tell));
setTimeout(tell, 20);
