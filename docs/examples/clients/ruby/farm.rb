# Lists a farm's nodes, folders and jobs, kills JOB, launches a job of its own and follows it to its end.
#
#     farm.rb HOST:PORT binary|compact buffered|framed JOB
#
# docs/bindings.md tells how to build it.

require "etc"
require "securerandom"
require "thrift"
require "rpc_service"

USAGE = "usage: farm.rb HOST:PORT binary|compact buffered|framed JOB"
PROTOCOLS = { "binary" => Thrift::BinaryProtocol, "compact" => Thrift::CompactProtocol }
TRANSPORTS = { "buffered" => Thrift::BufferedTransport, "framed" => Thrift::FramedTransport }
KINDS = ["internal", "not found", "already exists", "invalid", "not allowed now", "denied", "unavailable"]
WAIT_MS = 10_000 # the socket's own limit must be longer
ME = Etc.getpwuid.name

# A connection for one thread. It is thrown away after any fault that is not the server's refusal.
class Farm
  def initialize(address, protocol, transport)
    @host, _, @port = address.rpartition(":")
    @protocol, @transport = PROTOCOLS.fetch(protocol), TRANSPORTS.fetch(transport)
    open
  end

  def open
    @pipe = @transport.new(Thrift::Socket.new(@host, @port.to_i, 3 * WAIT_MS / 1000))
    @pipe.open
    @client = Plow::RpcService::Client.new(@protocol.new(@pipe))
    @client.introduce(ME, "farm.rb")
  end

  # Call; where the connection is lost, once more over a new one. All that is asked here may be repeated.
  def ask(call, *words)
    @client.send(call, *words)
  rescue Thrift::TransportException, IOError, SystemCallError => fault
    warn "connection lost (#{fault.message}): asking again"
    @pipe.close
    open
    @client.send(call, *words)
  end
end

# What is there.
def show(farm)
  farm.ask(:getNodes, Plow::NodeFilterT.new).each do |node|
    state = Plow::NodeState::VALUE_MAP[node.state]
    puts "node #{node.name} #{state}, #{node.idleCores} of #{node.totalCores} cores idle"
  end
  farm.ask(:getFolders, "default").each { |folder| puts "folder #{folder.name}" }
  farm.ask(:getJobs, Plow::JobFilterT.new(states: [Plow::JobState::RUNNING])).each do |job|
    done = "#{job.totals.succeededTaskCount} of #{job.totals.totalTaskCount} tasks done"
    puts "job #{job.name} of #{job.username}, #{done}"
  end
end

# End an unfinished job.
def kill(farm, name)
  job = farm.ask(:getActiveJob, name)
  farm.ask(:killJob, job.id, "killed by the Ruby example")
  puts "killed #{name}"
end

# A job of three tasks; the request id lets it be launched again without making a second one.
def launch(farm)
  layer = Plow::LayerSpecT.new(
    name: "hello",
    command: ["sh", "-c", "echo frame %{FRAME}"],
    range: "1-3",
    maxRetries: 0, # unset would mean the default, 2
  )
  request = SecureRandom.uuid
  spec = Plow::JobSpecT.new(
    name: "ruby_#{request[0, 8]}",
    project: "default",
    username: ME,
    layers: [layer],
    requestId: request,
  )
  job = farm.ask(:launch, spec)
  puts "launched #{job.name}"
  job
end

# Print every change of state of a job and its tasks, from a place among the events, until the job ends.
def follow(farm, job, place)
  names = farm.ask(:getTasks, Plow::TaskFilterT.new(jobId: job.id)).to_h { |task| [task.id, task.name] }
  finished = false
  until finished
    page = farm.ask(:getEvents, place, 0, WAIT_MS)
    place = page.nextSequence
    page.events.each do |event|
      next unless event.jobId == job.id && event.change == "state"

      puts "#{names.fetch(event.objectId, job.name)} #{event.oldValue} -> #{event.newValue}"
      finished = event.newValue == "FINISHED" if event.noun == "job"
    end
    # Away for so long that what happened is not kept any more?
    finished = farm.ask(:getJob, job.id).state == Plow::JobState::FINISHED unless page.isComplete
  end
  farm.ask(:getJob, job.id)
end

def main(address, protocol, transport, victim)
  farm = Farm.new(address, protocol, transport)
  show(farm)
  kill(farm, victim)
  place = farm.ask(:getEvents, -1, 1, 0).nextSequence # from before the launch on, so that nothing is missed
  totals = follow(farm, launch(farm), place).totals
  puts "#{totals.succeededTaskCount} of #{totals.totalTaskCount} tasks succeeded"
  totals.succeededTaskCount == totals.totalTaskCount
end

abort USAGE unless ARGV.size == 4 && PROTOCOLS.key?(ARGV[1]) && TRANSPORTS.key?(ARGV[2])
$stdout.sync = true
begin
  exit main(*ARGV)
rescue Plow::PlowException => refusal
  incident = refusal.incident ? " (incident #{refusal.incident})" : ""
  abort "#{KINDS.fetch(refusal.code, "refused")}: #{refusal.why}#{incident}"
rescue Thrift::Exception, SystemCallError => fault
  abort "no answer from #{ARGV[0]}: #{fault.message}"
end
