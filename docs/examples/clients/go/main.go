// Lists a farm's nodes, folders and jobs, kills JOB, launches a job of its own and follows it to its end.
//
//	farm HOST:PORT binary|compact buffered|framed JOB
//
// docs/bindings.md tells how to build it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"farm/gen-go/plow"
)

// WaitMs is how long the server may wait for events; the connection's own limit must be longer.
const WaitMs = 10_000

var kinds = []string{
	"internal", "not found", "already exists", "invalid", "not allowed now", "denied", "unavailable",
}

// show prints what is there.
func show(ctx context.Context, farm *Farm) error {
	nodes, err := Ask(farm, func(client *plow.RpcServiceClient) ([]*plow.NodeT, error) {
		return client.GetNodes(ctx, plow.NewNodeFilterT())
	})
	if err != nil {
		return err
	}
	for _, node := range nodes {
		fmt.Printf("node %s %s, %d of %d cores idle\n", node.Name, node.State, node.IdleCores, node.TotalCores)
	}
	folders, err := Ask(farm, func(client *plow.RpcServiceClient) ([]*plow.FolderT, error) {
		return client.GetFolders(ctx, "default")
	})
	if err != nil {
		return err
	}
	for _, folder := range folders {
		fmt.Printf("folder %s\n", folder.Name)
	}
	filter := plow.NewJobFilterT()
	filter.States = []plow.JobState{plow.JobState_RUNNING}
	jobs, err := Ask(farm, func(client *plow.RpcServiceClient) ([]*plow.JobT, error) {
		return client.GetJobs(ctx, filter)
	})
	if err != nil {
		return err
	}
	for _, job := range jobs {
		done, all := job.Totals.SucceededTaskCount, job.Totals.TotalTaskCount
		fmt.Printf("job %s of %s, %d of %d tasks done\n", job.Name, job.Username, done, all)
	}
	return nil
}

// kill ends an unfinished job.
func kill(ctx context.Context, farm *Farm, name string) error {
	job, err := Ask(farm, func(client *plow.RpcServiceClient) (*plow.JobT, error) {
		return client.GetActiveJob(ctx, name)
	})
	if err != nil {
		return err
	}
	_, err = Ask(farm, func(client *plow.RpcServiceClient) (bool, error) {
		return true, client.KillJob(ctx, job.ID, "killed by the Go example")
	})
	if err != nil {
		return err
	}
	fmt.Printf("killed %s\n", name)
	return nil
}

// launch makes a job of three tasks; the request id lets it be launched again without making a second one.
func launch(ctx context.Context, farm *Farm) (*plow.JobT, error) {
	frames, retries := "1-3", int32(0) // unset retries would be the server's
	layer := plow.NewLayerSpecT()      // not &plow.LayerSpecT{}: its chunk would be 0, not 1
	layer.Name = "hello"
	layer.Command = []string{"sh", "-c", "echo frame %{FRAME}"}
	layer.Range, layer.MaxRetries = &frames, &retries
	request := newUUID()
	spec := plow.NewJobSpecT()
	spec.Name = "go_" + request[:8]
	spec.Project = "default"
	spec.Username = farm.username
	spec.Layers = []*plow.LayerSpecT{layer}
	spec.RequestId = &request
	job, err := Ask(farm, func(client *plow.RpcServiceClient) (*plow.JobT, error) {
		return client.Launch(ctx, spec)
	})
	if err == nil {
		fmt.Printf("launched %s\n", job.Name)
	}
	return job, err
}

// follow prints every change of state of a job and its tasks, from a place among the events, until the job ends.
func follow(ctx context.Context, farm *Farm, job *plow.JobT, place int64) (*plow.JobT, error) {
	names, err := taskNames(ctx, farm, job)
	for finished := false; err == nil && !finished; {
		var page *plow.EventPageT
		page, err = Ask(farm, func(client *plow.RpcServiceClient) (*plow.EventPageT, error) {
			return client.GetEvents(ctx, place, 0, WaitMs)
		})
		if err != nil {
			return nil, err
		}
		place = page.NextSequence
		for _, event := range page.Events {
			if event.Change == "state" && event.GetJobId() == job.ID {
				fmt.Printf("%s %s -> %s\n", names[event.ObjectId], event.GetOldValue(), event.GetNewValue_())
				finished = finished || (event.Noun == "job" && event.GetNewValue_() == "FINISHED")
			}
		}
		if !page.IsComplete { // away for so long that what happened is not kept any more
			job, err = getJob(ctx, farm, job.ID)
			finished = err == nil && job.State == plow.JobState_FINISHED
		}
	}
	if err != nil {
		return nil, err
	}
	return getJob(ctx, farm, job.ID)
}

func taskNames(ctx context.Context, farm *Farm, job *plow.JobT) (map[plow.GUID]string, error) {
	filter := plow.NewTaskFilterT()
	filter.JobId = &job.ID
	tasks, err := Ask(farm, func(client *plow.RpcServiceClient) ([]*plow.TaskT, error) {
		return client.GetTasks(ctx, filter)
	})
	names := map[plow.GUID]string{job.ID: job.Name}
	for _, task := range tasks {
		names[task.ID] = task.Name
	}
	return names, err
}

func getJob(ctx context.Context, farm *Farm, id plow.GUID) (*plow.JobT, error) {
	return Ask(farm, func(client *plow.RpcServiceClient) (*plow.JobT, error) { return client.GetJob(ctx, id) })
}

func run(address, protocol, transport, victim string) error {
	ctx := context.Background()
	farm, err := Connect(address, protocol, transport, 3*WaitMs*time.Millisecond)
	if err != nil {
		return err
	}
	defer farm.Close()
	if err := show(ctx, farm); err != nil {
		return err
	}
	if err := kill(ctx, farm, victim); err != nil {
		return err
	}
	now, err := Ask(farm, func(client *plow.RpcServiceClient) (*plow.EventPageT, error) {
		return client.GetEvents(ctx, -1, 1, 0) // from before the launch on, so that nothing is missed
	})
	if err != nil {
		return err
	}
	job, err := launch(ctx, farm)
	if err != nil {
		return err
	}
	job, err = follow(ctx, farm, job, now.NextSequence)
	if err != nil {
		return err
	}
	done, all := job.Totals.SucceededTaskCount, job.Totals.TotalTaskCount
	fmt.Printf("%d of %d tasks succeeded\n", done, all)
	if done != all {
		os.Exit(1)
	}
	return nil
}

func main() {
	if len(os.Args) != 5 || !known(os.Args[2], os.Args[3]) {
		fmt.Fprintln(os.Stderr, "usage: farm HOST:PORT binary|compact buffered|framed JOB")
		os.Exit(1)
	}
	err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	var refusal *plow.PlowException
	if errors.As(err, &refusal) {
		kind := "refused"
		if int(refusal.Code) < len(kinds) {
			kind = kinds[refusal.Code]
		}
		fmt.Fprintf(os.Stderr, "%s: %s\n", kind, refusal.Why)
		if refusal.Incident != nil {
			fmt.Fprintf(os.Stderr, "incident %s\n", *refusal.Incident)
		}
	} else if err != nil {
		fmt.Fprintf(os.Stderr, "no answer from %s: %s\n", os.Args[1], err)
	}
	if err != nil {
		os.Exit(1)
	}
}
