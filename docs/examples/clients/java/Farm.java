import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.thrift.TException;
import plow.EventPageT;
import plow.EventT;
import plow.FolderT;
import plow.JobFilterT;
import plow.JobSpecT;
import plow.JobState;
import plow.JobT;
import plow.LayerSpecT;
import plow.NodeFilterT;
import plow.NodeT;
import plow.PlowException;
import plow.TaskFilterT;
import plow.TaskT;

/**
 * Lists a farm's nodes, folders and jobs, kills JOB, launches a job of its own and follows it to its end.
 *
 * <p>docs/bindings.md tells how to build it.
 */
public class Farm {
    static final String USAGE = "usage: Farm HOST:PORT binary|compact buffered|framed JOB";
    static final String[] KINDS = {
        "internal", "not found", "already exists", "invalid", "not allowed now", "denied", "unavailable"
    };
    static final int WAIT_MS = 10_000; // the socket's own limit must be longer

    /** What is there. */
    static void show(Connection farm) throws TException {
        for (NodeT node : farm.ask(client -> client.getNodes(new NodeFilterT()))) {
            int idle = node.idleCores, all = node.totalCores;
            System.out.printf("node %s %s, %d of %d cores idle%n", node.name, node.state, idle, all);
        }
        for (FolderT folder : farm.ask(client -> client.getFolders("default"))) {
            System.out.printf("folder %s%n", folder.name);
        }
        JobFilterT running = new JobFilterT().setStates(List.of(JobState.RUNNING));
        for (JobT job : farm.ask(client -> client.getJobs(running))) {
            int done = job.totals.succeededTaskCount, all = job.totals.totalTaskCount;
            System.out.printf("job %s of %s, %d of %d tasks done%n", job.name, job.username, done, all);
        }
    }

    /** End an unfinished job. */
    static void kill(Connection farm, String name) throws TException {
        JobT job = farm.ask(client -> client.getActiveJob(name));
        farm.tell(client -> client.killJob(job.id, "killed by the Java example"));
        System.out.println("killed " + name);
    }

    /** A job of three tasks; the request id lets it be launched again without making a second one. */
    static JobT launch(Connection farm) throws TException {
        LayerSpecT layer = new LayerSpecT()
            .setName("hello")
            .setCommand(List.of("sh", "-c", "echo frame %{FRAME}"))
            .setRange("1-3")
            .setMaxRetries(0); // unset would mean the default, 2
        String request = UUID.randomUUID().toString();
        JobSpecT spec = new JobSpecT()
            .setName("java_" + request.substring(0, 8))
            .setProject("default")
            .setUsername(System.getProperty("user.name"))
            .setLayers(List.of(layer))
            .setRequestId(request);
        JobT job = farm.ask(client -> client.launch(spec));
        System.out.println("launched " + job.name);
        return job;
    }

    /** Print every change of state of a job and its tasks, from a place among the events, until the job ends. */
    static JobT follow(Connection farm, JobT job, long place) throws TException {
        Map<String, String> names = new HashMap<>(Map.of(job.id, job.name));
        for (TaskT task : farm.ask(client -> client.getTasks(new TaskFilterT().setJobId(job.id)))) {
            names.put(task.id, task.name);
        }
        boolean finished = false;
        while (!finished) {
            long from = place;
            EventPageT page = farm.ask(client -> client.getEvents(from, 0, WAIT_MS));
            place = page.nextSequence;
            for (EventT event : page.events) {
                if (!job.id.equals(event.jobId) || !event.change.equals("state")) {
                    continue;
                }
                System.out.printf("%s %s -> %s%n", names.get(event.objectId), event.oldValue, event.newValue);
                finished |= event.noun.equals("job") && event.newValue.equals("FINISHED");
            }
            if (!page.isComplete) { // away for so long that what happened is not kept any more
                finished = farm.ask(client -> client.getJob(job.id)).state == JobState.FINISHED;
            }
        }
        return farm.ask(client -> client.getJob(job.id));
    }

    static boolean run(String address, String protocol, String transport, String victim) throws TException {
        try (Connection farm = new Connection(address, protocol, transport, 3 * WAIT_MS)) {
            show(farm);
            kill(farm, victim);
            // From before the launch on, so that nothing is missed.
            long place = farm.ask(client -> client.getEvents(-1, 1, 0)).nextSequence;
            JobT job = follow(farm, launch(farm), place);
            int done = job.totals.succeededTaskCount, all = job.totals.totalTaskCount;
            System.out.printf("%d of %d tasks succeeded%n", done, all);
            return done == all;
        }
    }

    public static void main(String[] words) {
        if (words.length != 4 || !Connection.knows(words[1], words[2])) {
            System.err.println(USAGE);
            System.exit(1);
        }
        try {
            System.exit(run(words[0], words[1], words[2], words[3]) ? 0 : 1);
        } catch (PlowException refusal) {
            String incident = refusal.isSetIncident() ? " (incident " + refusal.incident + ")" : "";
            String kind = refusal.code < KINDS.length ? KINDS[refusal.code] : "refused";
            System.err.println(kind + ": " + refusal.why + incident);
        } catch (TException fault) {
            System.err.println("no answer from " + words[0] + ": " + fault.getMessage());
        }
        System.exit(1);
    }
}
