// Lists a farm's nodes, folders and jobs, kills JOB, launches a job of its own and follows it to its end.
//
//     node farm.js HOST:PORT binary|compact buffered|framed JOB
//
// docs/bindings.md tells how to build it.

"use strict";

const crypto = require("crypto");
const os = require("os");
const { Farm, knows } = require("./connection");
const types = require("./gen-nodejs/plow_types");

const USAGE = "usage: node farm.js HOST:PORT binary|compact buffered|framed JOB";
const KINDS = ["internal", "not found", "already exists", "invalid", "not allowed now", "denied", "unavailable"];
const WAIT_MS = 10000; // the connection's own limit must be longer

const nameOf = (values, number) => Object.keys(values).find((name) => values[name] === number);

/** What is there. The three questions are under way at once; nothing blocks while they are. */
async function show(farm) {
  const [nodes, folders, jobs] = await Promise.all([
    farm.ask("getNodes", new types.NodeFilterT()),
    farm.ask("getFolders", "default"),
    farm.ask("getJobs", new types.JobFilterT({ states: [types.JobState.RUNNING] })),
  ]);
  for (const node of nodes) {
    const state = nameOf(types.NodeState, node.state);
    console.log(`node ${node.name} ${state}, ${node.idleCores} of ${node.totalCores} cores idle`);
  }
  for (const folder of folders) {
    console.log(`folder ${folder.name}`);
  }
  for (const job of jobs) {
    const { succeededTaskCount, totalTaskCount } = job.totals;
    console.log(`job ${job.name} of ${job.username}, ${succeededTaskCount} of ${totalTaskCount} tasks done`);
  }
}

/** End an unfinished job. */
async function kill(farm, name) {
  const job = await farm.ask("getActiveJob", name);
  await farm.ask("killJob", job.id, "killed by the Node.js example");
  console.log(`killed ${name}`);
}

/** A job of three tasks; the request id lets it be launched again without making a second one. */
async function launch(farm) {
  const layer = new types.LayerSpecT({
    name: "hello",
    command: ["sh", "-c", "echo frame %{FRAME}"],
    range: "1-3",
    maxRetries: 0, // unset would mean the default, 2
  });
  const request = crypto.randomUUID();
  const spec = new types.JobSpecT({
    name: `node_${request.slice(0, 8)}`,
    project: "default",
    username: os.userInfo().username,
    layers: [layer],
    requestId: request,
  });
  const job = await farm.ask("launch", spec);
  console.log(`launched ${job.name}`);
  return job;
}

/** Print every change of state of a job and its tasks, from a place among the events, until the job ends. */
async function follow(farm, job, place) {
  const tasks = await farm.ask("getTasks", new types.TaskFilterT({ jobId: job.id }));
  const names = new Map([[job.id, job.name], ...tasks.map((task) => [task.id, task.name])]);
  let finished = false;
  while (!finished) {
    const page = await farm.ask("getEvents", place, 0, WAIT_MS);
    place = page.nextSequence; // an Int64, which goes back as it came; Number(place) is for people
    for (const event of page.events) {
      if (event.jobId === job.id && event.change === "state") {
        console.log(`${names.get(event.objectId)} ${event.oldValue} -> ${event.newValue}`);
        finished = finished || (event.noun === "job" && event.newValue === "FINISHED");
      }
    }
    if (!page.isComplete) {
      // Away for so long that what happened is not kept any more.
      finished = (await farm.ask("getJob", job.id)).state === types.JobState.FINISHED;
    }
  }
  return farm.ask("getJob", job.id);
}

async function main([address, protocol, transport, victim]) {
  const farm = new Farm(address, protocol, transport, 3 * WAIT_MS);
  try {
    await farm.open();
    await show(farm);
    await kill(farm, victim);
    const place = (await farm.ask("getEvents", -1, 1, 0)).nextSequence; // before the launch: nothing is missed
    const { totals } = await follow(farm, await launch(farm), place);
    console.log(`${totals.succeededTaskCount} of ${totals.totalTaskCount} tasks succeeded`);
    return totals.succeededTaskCount === totals.totalTaskCount ? 0 : 1;
  } catch (fault) {
    if (fault instanceof types.PlowException) {
      const incident = fault.incident ? ` (incident ${fault.incident})` : "";
      console.error(`${KINDS[fault.code] ?? "refused"}: ${fault.why}${incident}`);
    } else {
      console.error(`no answer from ${address}: ${fault.message}`);
    }
    return 1;
  } finally {
    farm.close();
  }
}

const words = process.argv.slice(2);
if (words.length !== 4 || !knows(words[1], words[2])) {
  console.error(USAGE);
  process.exitCode = 1;
} else {
  main(words).then((status) => {
    process.exitCode = status;
  });
}
