import { openTestStore } from "../support/store.ts";
import { describeRecords } from "./record-suite.ts";

describeRecords("SQLite store", openTestStore);
