// Lists a farm's nodes, folders and jobs, kills JOB, launches a job of its own and follows it to its end.
//
//     farm HOST:PORT binary|compact buffered|framed JOB
//
// docs/bindings.md tells how to build it.

#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_generators.hpp>
#include <boost/uuid/uuid_io.hpp>

#include "connection.h"

using Client = Plow::RpcServiceClient;

const char *const USAGE = "usage: farm HOST:PORT binary|compact buffered|framed JOB";
const std::vector<std::string> KINDS = {"internal", "not found", "already exists", "invalid",
                                        "not allowed now", "denied", "unavailable"};
const int WAIT_MS = 10000;  // the socket's own limit must be longer

/// What is there.
void show(Farm &farm) {
  std::vector<Plow::NodeT> nodes;
  farm.ask([&](Client &client) { client.getNodes(nodes, Plow::NodeFilterT()); });
  for (const auto &node : nodes) {
    std::cout << "node " << node.name << " " << Plow::to_string(node.state) << ", " << node.idleCores << " of "
              << node.totalCores << " cores idle" << std::endl;
  }
  std::vector<Plow::FolderT> folders;
  farm.ask([&](Client &client) { client.getFolders(folders, "default"); });
  for (const auto &folder : folders) {
    std::cout << "folder " << folder.name << std::endl;
  }
  Plow::JobFilterT running;
  running.__set_states({Plow::JobState::RUNNING});
  std::vector<Plow::JobT> jobs;
  farm.ask([&](Client &client) { client.getJobs(jobs, running); });
  for (const auto &job : jobs) {
    std::cout << "job " << job.name << " of " << job.username << ", " << job.totals.succeededTaskCount << " of "
              << job.totals.totalTaskCount << " tasks done" << std::endl;
  }
}

/// End an unfinished job.
void kill(Farm &farm, const std::string &name) {
  Plow::JobT job;
  farm.ask([&](Client &client) { client.getActiveJob(job, name); });
  farm.ask([&](Client &client) { client.killJob(job.id, "killed by the C++ example"); });
  std::cout << "killed " << name << std::endl;
}

/// A job of three tasks; the request id lets it be launched again without making a second one.
Plow::JobT launch(Farm &farm) {
  Plow::LayerSpecT layer;
  layer.name = "hello";
  layer.command = {"sh", "-c", "echo frame %{FRAME}"};
  layer.__set_range("1-3");  // an optional field that is only assigned to is not sent
  layer.__set_maxRetries(0);  // unset would mean the default, 2
  const std::string request = to_string(boost::uuids::random_generator()());
  Plow::JobSpecT spec;
  spec.name = "cpp_" + request.substr(0, 8);
  spec.project = "default";
  spec.username = me();
  spec.layers = {layer};
  spec.__set_requestId(request);
  Plow::JobT job;
  farm.ask([&](Client &client) { client.launch(job, spec); });
  std::cout << "launched " << job.name << std::endl;
  return job;
}

/// Print every change of state of a job and its tasks, from a place among the events, until the job ends.
Plow::JobT follow(Farm &farm, Plow::JobT job, int64_t place) {
  Plow::TaskFilterT its;
  its.__set_jobId(job.id);
  std::vector<Plow::TaskT> tasks;
  farm.ask([&](Client &client) { client.getTasks(tasks, its); });
  std::map<std::string, std::string> names = {{job.id, job.name}};
  for (const auto &task : tasks) {
    names[task.id] = task.name;
  }
  const std::string id = job.id;
  const auto look = [&](Client &client) { client.getJob(job, id); };
  for (bool finished = false; !finished;) {
    Plow::EventPageT page;
    farm.ask([&](Client &client) { client.getEvents(page, place, 0, WAIT_MS); });
    place = page.nextSequence;
    for (const auto &event : page.events) {
      if (event.jobId == id && event.change == "state") {
        std::cout << names[event.objectId] << " " << event.oldValue << " -> " << event.newValue << std::endl;
        finished = finished || (event.noun == "job" && event.newValue == "FINISHED");
      }
    }
    if (!page.isComplete) {  // away for so long that what happened is not kept any more
      farm.ask(look);
      finished = job.state == Plow::JobState::FINISHED;
    }
  }
  farm.ask(look);
  return job;
}

bool run(const std::string &address, const std::string &protocol, const std::string &transport,
         const std::string &victim) {
  Farm farm(address, protocol, transport, 3 * WAIT_MS);
  show(farm);
  kill(farm, victim);
  Plow::EventPageT now;  // from before the launch on, so that nothing is missed
  farm.ask([&](Client &client) { client.getEvents(now, -1, 1, 0); });
  const Plow::JobT job = follow(farm, launch(farm), now.nextSequence);
  std::cout << job.totals.succeededTaskCount << " of " << job.totals.totalTaskCount << " tasks succeeded" << std::endl;
  return job.totals.succeededTaskCount == job.totals.totalTaskCount;
}

int main(int count, char **words) {
  if (count != 5 || !Farm::knows(words[2], words[3])) {
    std::cerr << USAGE << std::endl;
    return 1;
  }
  try {
    return run(words[1], words[2], words[3], words[4]) ? 0 : 1;
  } catch (const Plow::PlowException &refusal) {
    const auto code = static_cast<size_t>(refusal.code);
    std::cerr << (code < KINDS.size() ? KINDS[code] : "refused") << ": " << refusal.why;
    std::cerr << (refusal.__isset.incident ? " (incident " + refusal.incident + ")" : "") << std::endl;
  } catch (const apache::thrift::TException &fault) {
    std::cerr << "no answer from " << words[1] << ": " << fault.what() << std::endl;
  }
  return 1;
}
