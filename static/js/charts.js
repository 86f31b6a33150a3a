// Pages with charts: draws what stands in the page's data block into the boxes that wait for it.
import { startCharts } from "./charts/page.js";

const block = document.querySelector("script#chart-data");
if (block) startCharts(JSON.parse(block.textContent));
