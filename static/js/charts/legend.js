// The words of a legend become switches: pressed while their series is shown.
export function startLegend(box, chart) {
  const legend = document.querySelector(`[data-legend="${chart.key}"]`);
  legend?.querySelectorAll("[data-series]").forEach((item) => {
    const column = chart.table.columns.find((each) => each.key === item.dataset.series);
    if (!column) return;
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "true");
    button.append(...item.childNodes);
    item.append(button);
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      chart.show(column.label, shown);
    });
  });
}
