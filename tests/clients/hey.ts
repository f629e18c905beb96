// The same with a client made whole by hey-api's openapi-ts.
import { client } from "./hey/client.gen";
import {
  milestonesAttachFile,
  milestonesList,
  milestonesRecordProgress,
  milestonesRetrieve,
} from "./hey/sdk.gen";

client.setConfig({
  baseUrl: process.env.TRACKER_URL!,
  headers: { Authorization: `Bearer ${process.env.TRACKER_TOKEN}` },
});

const page = await milestonesList({ query: { status: ["planned", "active"], page_size: 3 }, throwOnError: true });
console.log(`${page.data.results.length} open milestones; the first is ${page.data.results[0].code}`);

const path = { id: page.data.results[0].id };
const milestone = await milestonesRetrieve({ path, throwOnError: true });
console.log(`due on ${milestone.data.due_on}, ${milestone.data.progress.earned_percent} % done`);

const report = await milestonesRecordProgress({ path, body: { percent_complete: 40 }, throwOnError: true });
console.log(`reported ${report.data.percent_complete} %`);

const file = new File(["It was accepted.\n"], "acceptance.txt", { type: "text/plain" });
const evidence = await milestonesAttachFile({ path, body: { title: "Acceptance report", file }, throwOnError: true });
console.log(`attached ${evidence.data.title}`);
