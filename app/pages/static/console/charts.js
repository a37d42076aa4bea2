// Draws the charts of a page from the numbers in it. Tooltips are drawn, too: no inline style.
"use strict";
(() => {
  const given = document.getElementById("charts");
  if (!given) return;
  const numbers = JSON.parse(given.textContent);
  const COLOURS = ["#0b7a4b", "#c9803a", "#1f4f8f"];
  const drawn = [];
  const shown = (unit) => (value) => unit + Number(value).toLocaleString("en-US", {
    minimumFractionDigits: unit ? 2 : 0, maximumFractionDigits: unit ? 2 : 0 });
  const short = (unit) => (value) => unit + (Math.abs(value) >= 10000 ? `${value / 1000}k` : value);
  document.querySelectorAll("[data-chart]").forEach((place) => {
    const wanted = numbers[place.dataset.chart];
    const chart = window.echarts.init(place, null, { renderer: "canvas" });
    const font = getComputedStyle(document.body).fontFamily;
    chart.setOption({
      color: COLOURS,
      animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      textStyle: { fontFamily: font },
      grid: { left: 8, right: 12, top: wanted.series.length > 1 ? 34 : 14, bottom: 4, outerBoundsMode: "same" },
      legend: wanted.series.length > 1 ? { top: 0, right: 0, itemWidth: 12, itemHeight: 8 } : undefined,
      tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: shown(wanted.unit), confine: true },
      xAxis: { type: "category", data: wanted.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: "#c3cec8" } },
        axisLabel: { color: "#55615a" } },
      yAxis: { type: "value", minInterval: wanted.unit ? 0.01 : 1, axisLabel: { color: "#55615a", formatter: short(wanted.unit) },
        splitLine: { lineStyle: { color: "#e9efec" } } },
      series: wanted.series.map((each) => ({
        name: each.name, type: wanted.kind, data: each.values, barMaxWidth: 18, smooth: 0.2, symbolSize: 5,
        areaStyle: wanted.kind === "line" ? { opacity: 0.08 } : undefined, itemStyle: { borderRadius: wanted.kind === "bar" ? [3, 3, 0, 0] : 0 },
      })),
    });
    drawn.push(chart);
  });
  window.addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
})();
