// Loaded on pages with a running clock: <time data-clock="1" datetime="PT42M10S"> counts up from that length of time,
// data-clock="-1" down to nothing. Without scripts the time printed is that of the page. A clock is never announced.

const SECOND = 1_000;
const starts = new WeakMap(); // element → [length when it was first seen, in seconds; that moment]

/** Seconds in a duration of ISO 8601, as far as the portal writes them: PT1H2M3S. */
function readLength(text) {
  const parts = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(text);
  return parts ? Number(parts[1] ?? 0) * 3600 + Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0) : NaN;
}

function write(seconds) {
  const days = Math.floor(seconds / 86_400);
  const parts = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return days ? `${days} d ${shown}` : shown;
}

function tick(clock) {
  if (!starts.has(clock)) starts.set(clock, [readLength(clock.dateTime), Date.now()]);
  const [length, since] = starts.get(clock);
  if (Number.isNaN(length)) return;
  const passed = Math.max(0, Math.floor((Date.now() - since) / SECOND));
  const words = write(clock.dataset.clock === "-1" ? Math.max(0, length - passed) : length + passed);
  if (clock.textContent !== words) clock.textContent = words;
}

const tickAll = () => { if (!document.hidden) document.querySelectorAll("time[data-clock]").forEach(tick); };

tickAll();
setInterval(tickAll, SECOND);
document.addEventListener("live:taken", tickAll);
document.addEventListener("visibilitychange", tickAll);
