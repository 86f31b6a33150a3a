// Starts every module; each works on what it finds, now and after htmx has put something new on the page.
import { startCombobox } from "./combobox.js";
import { startConfirm } from "./confirm.js";
import { startCopy } from "./copy.js";
import { startDoor } from "./door.js";
import { startDrawer } from "./drawer.js";
import { startIndex } from "./index.js";
import { startKeys } from "./keys.js";
import { startPasskeys } from "./passkeys.js";
import { startLive } from "./live.js";
import { startPrint } from "./print.js";
import { startSelecting } from "./selecting.js";
import { startSubmit } from "./submit.js";
import { startTabs } from "./tabs.js";
import { startTheme } from "./theme.js";
import { startTimes } from "./times.js";
import { startToasts } from "./toasts.js";
import { startUnsaved } from "./unsaved.js";
import { startWays } from "./ways.js";

const eachTime = [startCopy, startPrint, startTabs, startTimes];

startTheme();
startDoor();
startDrawer();
startIndex();
startKeys();
startCombobox();
startConfirm();
startToasts();
startSelecting();
startSubmit();
startUnsaved();
startWays();
startPasskeys();
startLive();
eachTime.forEach((start) => start(document));
document.addEventListener("htmx:afterSwap", () => eachTime.forEach((start) => start(document)));
