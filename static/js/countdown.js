// Countdown of a hold: the page says the final hour in words; this repeats it second by second for the eye only.
// A screen reader hears it once a minute, from the separate polite region. At the end the page is asked again.
const two = (n) => String(n).padStart(2, "0");
for (const box of document.querySelectorAll("[data-seconds]")) {
  const total = Number(box.dataset.total);
  const ends = performance.now() + Number(box.dataset.seconds) * 1000;
  const bar = box.querySelector("progress");
  const status = box.querySelector("[role=status]");
  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    box.querySelector("[data-left]").textContent = `${Math.floor(left / 60)}:${two(left % 60)}`;
    bar.value = Math.min(1, left / total);
    if (left <= 60) box.dataset.tone = "urgent";
    if (left % 60 === 0 && left > 0) status.textContent = left === 60 ? box.dataset.last : box.dataset.minutes.replace("%s", left / 60);
    if (left > 0) setTimeout(tick, 1000);
    else location.replace(location.href);
  };
  tick();
}
