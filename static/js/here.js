// "Use the place of this phone": asked for only when pressed, written where it can be read and corrected.
for (const button of document.querySelectorAll("[data-here]")) {
  if (!navigator.geolocation) continue;
  button.hidden = false;
  const words = button.querySelector("span");
  const asked = words.textContent;
  button.addEventListener("click", () => {
    words.textContent = button.dataset.wait;
    const found = ({ coords }) => {
      const place = document.getElementById(button.dataset.here);
      place.value = `${place.value} ${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)} (± ${Math.round(coords.accuracy)} m)`.trim();
      words.textContent = asked;
      place.focus();
    };
    const failed = () => (words.textContent = button.dataset.failed);
    navigator.geolocation.getCurrentPosition(found, failed, { enableHighAccuracy: true, timeout: 15_000 });
  });
}
