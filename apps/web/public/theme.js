// Runs before the first paint, so that a chosen theme never flashes. A file of its own: the page allows no inline script.
try {
  const chosen = localStorage.getItem('cairn.theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
} catch {
  // Storage is closed to us: the system's theme it is.
}
