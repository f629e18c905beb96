// TypeScript: types by openapi-typescript from /api/schema/, requests by openapi-fetch. Set TRACKER_URL and TRACKER_TOKEN.
import createClient from "openapi-fetch";
import type { paths } from "./schema";

const api = createClient<paths>({
  baseUrl: process.env.TRACKER_URL!,
  headers: { Authorization: `Bearer ${process.env.TRACKER_TOKEN}` },
});

function wanted<T>({ data, error }: { data?: T; error?: { detail: string } }): T {
  if (data === undefined) throw new Error(error?.detail ?? "no answer");
  return data;
}

const page = wanted(
  await api.GET("/api/v1/milestones/", { params: { query: { status: ["planned", "active"], page_size: 3 } } }),
);
console.log(`${page.results.length} open milestones; the first is ${page.results[0].code}`);

const path = { id: page.results[0].id };
const milestone = wanted(await api.GET("/api/v1/milestones/{id}/", { params: { path } }));
console.log(`due on ${milestone.due_on}, ${milestone.progress.earned_percent} % done`);

const report = wanted(
  await api.POST("/api/v1/milestones/{id}/progress-updates/", { params: { path }, body: { percent_complete: 40 } }),
);
console.log(`reported ${report.percent_complete} %`);

const form = new FormData();
form.append("title", "Acceptance report");
form.append("file", new Blob(["It was accepted.\n"], { type: "text/plain" }), "acceptance.txt");
const evidence = wanted(
  await api.POST("/api/v1/milestones/{id}/evidence/file/", {
    params: { path },
    body: { title: "Acceptance report", file: "acceptance.txt" },
    bodySerializer: () => form,
  }),
);
console.log(`attached ${evidence.title}`);
