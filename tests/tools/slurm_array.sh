#!/usr/bin/env bash
# slurm_array.sh [QUORATE [SEEDS [PARTS]]]: the script that `sweep --script slurm` prints, under a
# real Slurm of one node: 10,000 seeds in 20 parts, and every byte as one process makes them. Wants
# root and the Debian packages slurm-wlm and munge; all that they write stays in a temporary folder,
# and nothing of them is left running. Exits 1 where a byte differs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
QUORATE=$(realpath "${1:-build/release/quorate}")
seeds=${2:-10000}
parts=${3:-20}
export QUORATE
scenario=$PWD/scenarios/echo/every-node-answers.json
folder=$(mktemp -d)
host=$(hostname -s)
cpus=$(nproc)

# Ends what was started here, by its own number.
stop() {
  local name pid
  set +e
  for name in slurmd slurmctld munged; do
    pid=$(cat "$folder/$name.pid" 2>/dev/null) || continue
    kill "$pid" 2>/dev/null
    for _ in {1..50}; do kill -0 "$pid" 2>/dev/null && sleep 0.1; done
  done
  rm -rf "$folder"
}
trap stop EXIT

for tool in munged slurmctld slurmd sbatch; do
  command -v "$tool" >/dev/null && continue
  echo "$tool is missing: apt-get install slurm-wlm munge"
  exit 6
done

# ---- one node -----------------------------------------------------------------------------------

# Keys and sockets of its own, so that a munge of this machine is left alone.
chmod 755 "$folder"
mkdir -p "$folder"/{ctld,d,munge}
chmod 711 "$folder/munge"
(umask 377 && head -c 1024 /dev/urandom >"$folder/munge/key")
munged --key-file="$folder/munge/key" --socket="$folder/munge/socket" --force \
  --pid-file="$folder/munged.pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed"

cat >"$folder/cgroup.conf" <<<'CgroupPlugin=cgroup/v1'
cat >"$folder/slurm.conf" <<END
ClusterName=quorate
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
StateSaveLocation=$folder/ctld
SlurmdSpoolDir=$folder/d
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=2,batch_sched_delay=1
MpiDefault=none
ReturnToService=2
MaxArraySize=10001
MaxJobCount=20000
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$folder/slurm.conf
slurmctld
slurmd
for _ in {1..100}; do [[ $(sinfo -h -o %t 2>/dev/null) == idle ]] && break; sleep 0.1; done
if [[ $(sinfo -h -o %t) != idle ]]; then
  cat "$folder"/slurm*.log
  echo "the node does not come up"
  exit 1
fi

# ---- the sweep ----------------------------------------------------------------------------------

cd "$folder"
words=(sweep "$scenario" --seeds "1..$seeds" --vary 'network.loss=0%,1%')
"$QUORATE" "${words[@]}" --jobs 1 --quiet --out one
started=$(date +%s%N)
"$QUORATE" "${words[@]}" --out many --parts "$parts" --script slurm >many.sh
bash many.sh
while [[ -n $(squeue -h) ]]; do sleep 0.2; done
ended=$(date +%s%N)
diff -r one many/all || { cat many/*.log; exit 1; }
echo "Slurm $(sbatch --version | cut -d' ' -f2), an array of $parts jobs on $cpus processors:" \
  "$((2 * seeds)) runs in $(((ended - started) / 1000000)) ms, every byte as one process makes them"
