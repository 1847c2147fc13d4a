// The board's title counts the cases nobody has answered, so that a tab in the background tells too.
const title = document.title;
const cards = document.getElementById("cards");
const count = () => {
  const alone = cards.querySelector("[data-alone]")?.dataset.alone.trim();
  document.title = alone ? `(${alone.split(" ").length}) ${title}` : title;
};
document.body.addEventListener("htmx:afterSettle", count);
count();
