// Loaded before anything is drawn, as a plain script, so that a chosen theme never flashes in the other one.
{
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem('tapemill-theme');
  } catch {
    // Storage may be forbidden; then the system's theme is used.
  }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset['theme'] = chosen;
}
