/** Examples that the help of a command ends with. */

export const EXAMPLES = `
Examples:
  numaq machines
  numaq boot numaq-64g-8quad --cluster 8
  numaq run numaq-16g-4quad --trace sort.lackey.gz --cpus 0-15 --out sort.numaq-run.json
  numaq verify sort.numaq-run.json

Exit codes: 0 done, 1 the answer is no (does not boot, not identical), 2 bad input.`;

export const BOOT_EXAMPLES = `
Examples:
  numaq boot numaq-64g-8quad
  numaq boot numaq-64g-8quad --cluster 8 --json
  numaq boot altix-4700-4096n --node 17
  numaq boot my.numaq.json --set kernel.structPageBytes=40 --set 'machine.nodes[3].memoryMiB=4096'`;

export const FOLLOW_EXAMPLES = `
Examples:
  numaq follow numaq-16g-4quad --pattern random --bytes 64M --event fault
  numaq follow numaq-16g-4quad --workload compile --scale 0.01 --on 3 --event copy-on-write
  numaq follow pc-256m --pattern stream --bytes 16M --record 5000`;

export const SEGMENT_EXAMPLES = `
Examples:
  numaq segment
  numaq segment partitioned --set kernel.flavour=2.6.7
  numaq segment partitioned --design > mine.json
  numaq segment mine.json --numactl
  numaq run numaq-16g-4quad --segment mine.json --scale 0.05`;

export const XRAY_EXAMPLES = `
Examples:
  numaq xray numaq-64g-8quad --node 3
  numaq xray numaq-64g-8quad --node 3 --mask GFP_KERNEL --order 3
  numaq xray numaq-64g-8quad --node 3 --workload memory-hog --scale 0.01 --at 20ms
  numaq xray numaq-16g-4quad --set 'zones.watermarks=[{"zone":"HighMem","node":0,"min":900000,"low":950000,"high":999999}]'`;

export const RUN_EXAMPLES = `
Programs on the same CPUs take turns as the kernel's scheduler says: --set kernel.scheduler=2.4 or
o1, kernel.nodeBalance, kernel.taskPlacement.

Examples:
  numaq run numaq-16g-4quad --trace sort.lackey.gz --cpus 0-15
  numaq run numaq-16g-4quad --pattern random --cpus 0-3 --bytes 256M --policy interleave:0-3
  numaq run numaq-16g-4quad --trace sort.lackey.gz --cpus 0-7 --and --pattern stream --cpus 8-15 --start 5ms
  numaq run numaq-16g-4quad --workload compile --scale 0.01 --param jobs=16 --cpus 0-15
  numaq workloads compile --script > mine.json
  numaq run pc-256m --script mine.json --sysctl swappiness=0@500ms
  numaq run numaq-16g-4quad --workload memory-hog --scale 0.01 --until 20ms --markers`;
