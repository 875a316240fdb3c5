#!/usr/bin/perl
# Measures beatd beside C programs that do the least for the same work, in one run, interleaved, on loopback; prints every run,
# then figures, each with its guard (what holds today, with room for noise: exits 1 where one is broken) and its goal (fails
# nothing). `make bench`; needs cc (or clang), perl's core modules, /proc; strace only for the count of system calls.
#
#   SECTIONS=beats,kill,rss,ready,size,looks   INSTANCES=10000   SECONDS=20   ROUNDS=5   KILLS=1000
#   PROBE=port|tcp|pidfile   BEATD=path (else it is built)   ALLOW_MISSES=1   PORT_BASE=20000   PIN=0
#   INTERVAL=1h       of the looks while beats are measured: what beats cost without looks; unset is the default of beatd
#
# beats   beatd and client.c against sink.c, first one request in flight a connection, then several in a write. The sink holds
#         beatd at one by `refuse on` (sink.c). The C client runs with as many connections as beatd used just before, and sends
#         beatd's own requests. A window begins and ends between two ticks and counts where the sink answered 99.9 % of the
#         beats due. CPU is read from outside: the process' CPU clock (utime + stime in nanoseconds, all threads) plus the
#         waited-for children of /proc/PID/stat; what stat itself says, in its steps of 10 ms, is printed beside it.
#         How late beats are is how long after a tick of 100 ms they reach the sink. Last, beatd alone with 1,000
#         instances, several in a write as by default.
# kill    a victim of beatd's and one of waiter.c's are killed by turns; the time from just before kill() to the DELETE's
#         arrival in the sink.
# looks   beatd's CPU with a look a second at each instance less that with one an hour, and what it costs the listeners.
# A guard in microseconds is of a machine where the C client takes 7.4 µs a beat with one in flight and 1.45 with several; on
# a slower one it is as many times longer.
# beatd and the references run on core 0, the sink and the rest on core 1; beatd has its default settings.
use strict;
use warnings;
use Cwd qw(abs_path);
use Fcntl;
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use IO::Handle;
use IO::Select;
use JSON::PP qw(decode_json);
use POSIX qw(WNOHANG ceil floor);
use Socket;
use Time::HiRes qw(sleep clock_gettime);

my $here = dirname(abs_path($0));
my $instances = $ENV{INSTANCES} // 10_000;
my $seconds = ceil(($ENV{SECONDS} // 20) / 5) * 5;    # every instance beats equally often in it
my $rounds = $ENV{ROUNDS} // 5;
my $kills = $ENV{KILLS} // 1000;
my $probe = $ENV{PROBE} // 'port';
my $base = $ENV{PORT_BASE} // 20_000;
my $misses = $ENV{ALLOW_MISSES};
my %wanted = map { $_ => 1 } split /[,\s]+/, $ENV{SECTIONS} // 'beats,kill,rss,ready,size,looks';
my $several = 50;
my $warmUp = 2;

my $owner = $$;
my $tmp;
my %running;    # pid => name
my @figures;    # [what, figure, guard, goal, broken or not]
my @failures;

STDOUT->autoflush(1);
$SIG{$_} = sub { exit 130 } for qw(INT TERM HUP);
$SIG{PIPE} = 'IGNORE';

END {
    if (defined $tmp && $$ == $owner) {
        my $status = $?;
        local $SIG{$_} = 'IGNORE' for qw(INT TERM HUP);
        kill 'KILL', $_ for keys %running;
        waitpid $_, 0 for keys %running;
        system 'rm', '-rf', $tmp;
        $? = $status;
    }
}

# --- programs -----------------------------------------------------------------------------------------------------------

sub stop { die "bench: @_\n" }

sub bootTime { clock_gettime(7) }

# Starts a program on a core; gives its pid, and pipes to it and from it where asked.
sub start {
    my ($name, $core, $words, %option) = @_;
    my ($toRead, $toWrite, $fromRead, $fromWrite);
    pipe $toRead, $toWrite if $option{control};
    pipe $fromRead, $fromWrite if $option{control} || $option{output};
    my @words = @$words;
    @words = ('taskset', '-c', $core, @words) if defined $core && pins();
    my $pid = fork // stop("fork: $!");
    if (!$pid) {
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE);
        open STDIN, '<', '/dev/null';
        if ($toRead) { open STDIN, '<&', $toRead }
        if ($fromWrite) { open STDOUT, '>&', $fromWrite }
        else { open STDOUT, '>', "$tmp/$name.out" }
        open STDERR, '>', "$tmp/$name.err";
        setpgrp 0, 0;    # Ctrl-C is ours alone: we end what we started
        $ENV{NOTIFY_SOCKET} = $option{notify} if $option{notify};
        delete @ENV{grep { /^BEATD_/ } keys %ENV};
        syswrite $option{clock}, sprintf("%.9f\n", bootTime()) if $option{clock};
        { no warnings; exec @words }
        POSIX::_exit(127);
    }
    $running{$pid} = $name;
    $toWrite->autoflush(1) if $toWrite;
    return wantarray ? ($pid, $toWrite, $fromRead) : $pid;
}

sub pins {
    our $pins //= ($ENV{PIN} // 1) && `nproc` > 1 && system('command -v taskset >/dev/null') == 0 ? 1 : 0;
    return $pins;
}

sub end {
    my ($pid, $signal) = @_;
    kill $signal // 'KILL', $pid;
    waitpid $pid, 0;
    delete $running{$pid};
}

sub errorOf {
    my ($name) = @_;
    return join '', (lines("$tmp/$name.err"))[-5 .. -1];
}

sub lines {
    my ($path) = @_;
    open my $file, '<', $path or return ('') x 5;
    my @lines = <$file>;
    return (('') x 5, @lines);
}

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or return undef;
    local $/;
    return scalar <$file>;
}

sub spew {
    my ($path, $text) = @_;
    open my $file, '>', $path or stop("$path: $!");
    print $file $text;
    close $file or stop("$path: $!");
}

sub readLine {
    my ($from, $what, $limit) = @_;
    IO::Select->new($from)->can_read($limit // 30) or stop("$what says nothing");
    my $line = <$from> // stop("$what ended: " . errorOf($what));
    return $line;
}

my ($sink, $toSink, $fromSink, $sinkPort);

sub startSink {
    ($sink, $toSink, $fromSink) = start('sink', 1, ["$tmp/sink"], control => 1);
    $sinkPort = decode_json(readLine($fromSink, 'sink'))->{port};
}

sub ask {
    my ($line) = @_;
    print $toSink "$line\n" or stop("the sink is gone: " . errorOf('sink'));
    return decode_json(readLine($fromSink, 'sink'));
}

sub build {
    my ($cc) = grep { system("command -v $_ >/dev/null") == 0 } $ENV{CC} // (), qw(cc gcc clang);
    stop('there is no C compiler') unless $cc;
    for my $name (qw(sink client listeners waiter victim)) {
        my @static = $name eq 'victim' ? '-static' : ();
        system($cc, qw(-O2 -Wall -Wextra), @static, '-o', "$tmp/$name", "$here/$name.c") == 0
            or stop("$name.c does not compile");
    }
    if (!$ENV{BEATD}) {
        my $root = dirname($here);
        system('make', '-C', $root, 'build') == 0 or stop('make build failed');
        chomp(my $bin = `cd '$root' && swift build -c release --static-swift-stdlib --show-bin-path`);
        $ENV{BEATD} = "$bin/beatd";
    }
    return abs_path($ENV{BEATD}) // stop("there is no $ENV{BEATD}");
}

# --- beatd and what it guards --------------------------------------------------------------------------------------------

my $beatd;
my $listeners;

sub startListeners {
    return if $listeners;
    my ($pid, undef, $from) = start(
        'listeners', 1, ["$tmp/listeners", $base, $instances, $probe eq 'tcp' ? 'accept' : ()], output => 1);
    $listeners = $pid;
    readLine($from, 'listeners');
    spew("$tmp/listeners.pid", "$pid\n");
}

# A folder of descriptors, one probe each.
sub folder {
    my ($name, $count, %option) = @_;
    my $folder = "$tmp/$name";
    mkdir $folder, 0700 or stop("$folder: $!");
    for my $i (0 .. $count - 1) {
        my $port = $base + $i;
        my $kind = $option{pidfiles} ? 'pidfile' : $probe;
        my $target = $kind ne 'pidfile' ? $port : $option{pidfiles} ? "$option{pidfiles}/$i.pid" : "$tmp/listeners.pid";
        if ($option{interval}) {
            my $key = $kind eq 'pidfile' ? 'path' : 'port';
            $target = "{ $key: $target, interval: $option{interval} }";
        }
        my $service = sprintf 'bench-%05d', $port;
        spew("$folder/$service.yaml", "service: $service\nport: $port\naddress: 127.0.0.1\nprobes:\n  - $kind: $target\n");
    }
    return $folder;
}

my $starts = 0;

sub startBeatd {
    my ($folder, %option) = @_;
    my $state = "$tmp/state." . ++$starts;
    mkdir $state, 0700;
    return start(
        "beatd.$starts", 0,
        [   $beatd, 'run', '--set', "registry.servers=127.0.0.1:$sinkPort", '--set', "descriptors.directory=$folder",
            '--set', "state-directory=$state", '--set', "control-socket=$state/control.sock" ],
        %option);
}

# Starts beatd and waits until all are registered and all beats are light.
sub settledBeatd {
    my ($folder, $count) = @_;
    ask('mark');
    my $pid = startBeatd($folder);
    my $limit = bootTime() + 60 + $count / 100;
    my ($seen, $base);
    while (1) {
        sleep 0.5;
        $seen = ask('stats');
        waitpid($pid, WNOHANG) == 0 or stop('beatd ended: ' . errorOf("beatd.$starts"));
        $base //= $seen->{light} if $seen->{registers} >= $count;
        last if defined $base && $seen->{light} >= $base + $count;
        bootTime() < $limit
            or stop("beatd registered $seen->{registers} of $count, $seen->{light} light beats: " . errorOf("beatd.$starts"));
    }
    sleep $warmUp;
    return $pid;
}

# --- measuring -----------------------------------------------------------------------------------------------------------

# Seconds of CPU: by the process' own clock with its waited-for children, and as /proc/PID/stat says.
sub cpu {
    my ($pid) = @_;
    my $stat = slurp("/proc/$pid/stat") // stop("process $pid ($running{$pid}) is gone: " . errorOf($running{$pid}));
    my @fields = split ' ', $stat =~ s/^.*\)//sr;
    my ($user, $system, $childUser, $childSystem) = map { $_ / POSIX::sysconf(&POSIX::_SC_CLK_TCK) } @fields[11 .. 14];
    my $clock = clock_gettime(-($pid + 1) * 8 + 2);    # clock_getcpuclockid(3)
    return { precise => $clock + $childUser + $childSystem, stat => $user + $system + $childUser + $childSystem };
}

sub switches {
    my ($pid) = @_;
    my $sum = 0;
    for my $task (glob "/proc/$pid/task/*/status") {
        $sum += $1 if (slurp($task) // '') =~ /^voluntary_ctxt_switches:\s*(\d+)/m;
    }
    return $sum;
}

sub rss {
    my ($pid) = @_;
    return slurp("/proc/$pid/status") =~ /^VmRSS:\s*(\d+)/m ? $1 / 1024 : 0;
}

sub sleepUntil {
    my ($time) = @_;
    while ((my $left = $time - bootTime()) > 0) { sleep $left }
}

# Watches a process for so long, from between two ticks to between two ticks.
sub window {
    my ($pid, $length, $begin) = @_;
    my $start = (floor(bootTime() * 10) + 1) / 10 + 0.07;
    sleepUntil($start);
    $begin->() if $begin;
    my ($before, $woken) = (cpu($pid), switches($pid));
    ask('mark');
    sleepUntil($start + $length);
    my $seen = ask('stats');
    my $after = cpu($pid);
    return {
        seen => $seen, cpu => $after->{precise} - $before->{precise}, stat => $after->{stat} - $before->{stat},
        woken => (switches($pid) - $woken) / $length, rss => rss($pid),
        sink => $seen->{cpu} / $seen->{ns},
    };
}

# The system calls of a short pass under strace, in beats.
sub callsUnderStrace {
    my ($pid) = @_;
    our $hasStrace //= system('command -v strace >/dev/null') == 0 ? 1 : 0;
    return undef unless $hasStrace;
    my $file = "$tmp/strace.$pid";
    my $strace = start('strace', 1, ['strace', '-c', '-f', '-q', '-o', $file, '-p', $pid]);
    my $limit = bootTime() + 10;
    sleep 0.01 while bootTime() < $limit && slurp("/proc/$pid/status") =~ /^TracerPid:\s*0$/m;
    ask('mark');
    sleep 5;
    my $beats = ask('stats')->{beats};
    end($strace, 'INT');
    my ($total) = (slurp($file) // '') =~ /^\s*100\.00\s+\S+\s+(?:\S+\s+)?(\d+)\s+(?:\d+\s+)?total/m;
    return $total && $beats ? $total / $beats : undef;
}

sub median {
    my @sorted = sort { $a <=> $b } @_;
    my $half = int(@sorted / 2);
    return @sorted % 2 ? $sorted[$half] : ($sorted[$half - 1] + $sorted[$half]) / 2;
}

sub percentile {
    my ($part, @values) = @_;
    my @sorted = sort { $a <=> $b } @values;
    return $sorted[ceil($part * @sorted) - 1];
}

sub spread { return sprintf '%.2f (%.2f–%.2f)', median(@_), (sort { $a <=> $b } @_)[0, -1]; }

# What was measured, as text and as the number that guard and goal are the most for; without them it is only told.
sub figure {
    my ($what, $text, $value, $guard, $goal) = @_;
    my $says = '';
    $says = $value > $guard ? 'BROKEN' : $value > $goal ? 'holds' : 'goal reached' if defined $guard;
    push @figures, [$what, $text, map({ defined $_ ? "≤ $_" : '' } $guard, $goal), $says];
}

# --- beats ---------------------------------------------------------------------------------------------------------------

my @rssUp;
my $cOne;    # what the C client takes for a beat with one in flight

sub beats {
    startListeners();
    my $folder = folder('beats', $instances, interval => $ENV{INTERVAL});
    my %runs;
    my $rate = $instances / 5;
    print "\nbeats: $instances instances at 5 s, windows of $seconds s, $rounds rounds\n";
    printf "%-5s %-15s %9s %8s %6s %5s %10s %6s %8s %8s %5s %8s\n", 'round', 'what', 'µs a beat', 'stat ms', 'beats', 'ticks',
        'most / mean', 'conns', 'wakes/s', 'refused', 'sink', '';
    for my $round (1 .. $rounds) {
        for my $mode ('one', 'several') {
            ask($mode eq 'one' ? 'refuse on' : 'refuse off');
            my $pid = settledBeatd($folder, $instances);
            my $run = window($pid, $seconds);
            push @rssUp, $run->{rss};
            push @{$runs{"beatd $mode"}}, showRun($round, "beatd $mode", $run);
            my $connections = $run->{seen}{active} || 1;
            $run->{calls} = callsUnderStrace($pid) if $round == $rounds;
            my $sample = ask('sample')->{sample};
            end($pid);

            my $requests = requests($sample);
            my ($client, undef, $from) = start(
                'client', 0, ["$tmp/client", $sinkPort, $connections, $mode eq 'one' ? 1 : $several, $requests], output => 1);
            sleep 1 + $warmUp;
            my $c = window($client, $seconds, sub { kill 'USR1', $client; });
            kill 'TERM', $client;
            my $own = decode_json(readLine($from, 'client'));
            end($client);
            $c->{calls} = $own->{calls} / ($own->{beats} || 1);
            push @{$runs{"C $mode"}}, showRun($round, "C $mode", $c);
        }
    }
    ask('refuse off');
    for my $mode ('one', 'several') {
        my ($ours, $theirs) = @runs{"beatd $mode", "C $mode"};
        my @ratios = map { $ours->[$_]{micro} / $theirs->[$_]{micro} } 0 .. $#$ours;
        my $name = $mode eq 'one' ? 'one in flight' : 'several in a write';
        my $micro = median(map { $_->{micro} } @$ours);
        printf "%s: run by run %s\n", $name, join ' ', map { sprintf '%.2f', $_ } @ratios;
        figure("CPU a beat, $name, × C", spread(@ratios), median(@ratios), $mode eq 'one' ? (2.5, 1.2) : (5.5, 1.5));
        my $c = median(map { $_->{micro} } @$theirs);
        figure("CPU a beat, $name, beatd µs", spread(map { $_->{micro} } @$ours), $micro,
            $mode eq 'one' ? () : (slower(9, $c, 1.45), 3));
        figure("CPU a beat, $name, C µs", spread(map { $_->{micro} } @$theirs));
        $cOne = $c if $mode eq 'one';
        my $late = median(map { $_->{seen}{lateP99} / 1000 } @$ours);
        figure("a beat is late, $name, p99, ms", sprintf('%.1f', $late), $late, $mode eq 'one' ? () : (10, 0));
        my $calls = $ours->[-1]{calls};
        figure("system calls a beat, $name, beatd / C",
            sprintf('%s / %.2f', defined $calls ? sprintf('%.2f', $calls) : 'none counted (apt install strace)', $theirs->[-1]{calls}));
        figure("requests in flight, $name, beatd / C, most (mean)", sprintf('%d (%.1f) / %d (%.1f)',
            map { my @runs = @$_; (percentile(1, map { $_->{seen}{mostInFlight} } @runs), median(map { $_->{mean} } @runs)) }
                $ours, $theirs));
    }
    system 'rm', '-rf', $folder;
    thousand();
}

# A guard of the machine where C takes `$usual`, here where it takes `$c`.
sub slower { my ($guard, $c, $usual) = @_; return sprintf '%.1f', $guard * ($c > $usual ? $c / $usual : 1); }

sub thousand {
    my $count = 1000;
    my $folder = folder('thousand', $count, interval => $ENV{INTERVAL});
    my $pid = settledBeatd($folder, $count);
    my $run = window($pid, $seconds);
    end($pid);
    system 'rm', '-rf', $folder;
    my ($beats, $due) = ($run->{seen}{beats}, $count * $seconds / 5);
    push @failures, "1,000 instances: $beats of $due beats" if $beats < 0.999 * $due;
    my $micro = $run->{cpu} * 1e6 / ($beats || 1);
    figure('CPU a beat, 1,000 instances, beatd µs', sprintf('%.2f', $micro), $micro, slower(20, $cOne, 7.4), 5);
    my $late = $run->{seen}{lateP99} / 1000;
    figure('a beat is late, 1,000 instances, p99, ms', sprintf('%.1f', $late), $late, 10, 0);
}

sub showRun {
    my ($round, $what, $run) = @_;
    my $seen = $run->{seen};
    my $due = $instances * $seconds / 5;
    $run->{micro} = $run->{cpu} * 1e6 / ($seen->{beats} || 1);
    $run->{mean} = $seen->{beats} / ($seen->{reads} || 1);
    my @wrong;
    push @wrong, 'MISSED: beats' if $seen->{beats} < 0.999 * $due;
    push @wrong, 'SINK BUSY' if $run->{sink} > 0.6;
    push @wrong, "$seen->{full} full" if $seen->{full};
    printf "%-5d %-15s %9.2f %8.0f %6d %5d %6d /%4.1f %6d %8.1f %8d %4.0f%% %s\n", $round, $what, $run->{micro},
        $run->{stat} * 1000, $seen->{beats}, $seen->{ticks}, $seen->{mostInFlight}, $run->{mean}, $seen->{active},
        $run->{woken}, $seen->{refused}, $run->{sink} * 100, join ', ', @wrong;
    push @failures, "round $round, $what: $seen->{beats} of $due beats, sink " . int($run->{sink} * 100) . ' %'
        if grep { /MISSED|BUSY/ } @wrong;
    return $run;
}

# What the C client sends: the request that beatd sent, for each instance.
sub requests {
    my ($sample) = @_;
    my $file = "$tmp/requests";
    my ($port) = $sample =~ /bench-(\d{5})/ or stop('beatd sent no light beat');
    spew($file, join '', map { my $mine = sprintf '%05d', $base + $_; $sample =~ s/\b$port\b/$mine/gr } 0 .. $instances - 1);
    return $file;
}

# --- from kill to goodbye ------------------------------------------------------------------------------------------------

sub goodbyes {
    print "\nkill: $kills kills each, by turns\n";
    my $pidfiles = "$tmp/pidfiles";
    mkdir $pidfiles, 0700;
    my @ours = map { scalar start('victim', undef, ["$tmp/victim"]) } 1 .. $kills;
    my @theirs = map { scalar start('victim', undef, ["$tmp/victim"]) } 1 .. $kills;
    sleep 0.5;    # until the last one is what it becomes
    spew("$pidfiles/$_.pid", "$ours[$_]\n") for 0 .. $#ours;
    my $folder = folder('kill', $kills, pidfiles => $pidfiles);
    my $beatd = settledBeatd($folder, $kills);
    my $theirBase = $base + $instances + $kills;
    my ($waiter, $to, $from) = start('waiter', 0, ["$tmp/waiter", $sinkPort], control => 1);
    print $to "$theirs[$_] ", $theirBase + $_, "\n" for 0 .. $#theirs;
    close $to;
    readLine($from, 'waiter');
    my %took = (beatd => [], C => []);
    my $lost = 0;
    for my $i (0 .. $kills - 1) {
        for my $one (['beatd', $ours[$i], $base + $i], ['C', $theirs[$i], $theirBase + $i]) {
            my ($who, $pid, $port) = @$one;
            sleep 0.01 + rand 0.01;
            my $began = bootTime();
            kill 'KILL', $pid;
            my ($arrived, $tries) = (0, 0);
            while (!$arrived && $tries++ < 250) {
                sleep 0.02;
                $arrived = ask("deleted $port")->{at};
            }
            waitpid $pid, 0;
            delete $running{$pid};
            if ($arrived) { push @{$took{$who}}, $arrived / 1e6 - $began * 1e3 }
            else { $lost++; push @failures, "kill $i ($who): no DELETE within 5 s" }
        }
    }
    end($_) for $beatd, $waiter;
    system 'rm', '-rf', $folder, $pidfiles;
    stop('no goodbye came') unless @{$took{beatd}} && @{$took{C}};
    my %limits = (0.5 => [1.4, 1.2], 0.95 => [1.6, 1.3], 0.99 => []);
    for my $part (0.5, 0.95, 0.99) {
        my ($us, $c) = map { percentile($part, @{$took{$_}}) } qw(beatd C);
        figure(sprintf('kill → goodbye, p%d, × bare C waiter', $part * 100),
            sprintf('%.2f (%.3f / %.3f ms)', $us / $c, $us, $c), $us / $c, @{$limits{$part}});
    }
    figure('kill → goodbye, lost', $lost, $lost, 0, 0);
}

# --- the rest ------------------------------------------------------------------------------------------------------------

sub memory {
    if (!@rssUp) {
        startListeners();
        my $folder = folder('rss', $instances);
        my $pid = settledBeatd($folder, $instances);
        push @rssUp, rss($pid);
        end($pid);
        system 'rm', '-rf', $folder;
    }
    my $most = percentile(1, @rssUp);
    figure("RSS with $instances up, MB", sprintf('%.1f', $most), $most, 44, 32);
}

sub ready {
    my $runs = 20;
    startListeners();
    my $folder = folder('ready', 1);
    my @took;
    my ($idle, $woken);
    for my $run (1 .. $runs) {
        my $path = "$tmp/notify.$run";
        socket my $notify, AF_UNIX, SOCK_DGRAM, 0 or stop("socket: $!");
        bind $notify, pack_sockaddr_un($path) or stop("$path: $!");
        pipe my $clockRead, my $clockWrite;
        fcntl $clockWrite, F_SETFD, FD_CLOEXEC;
        my $pid = startBeatd($folder, notify => $path, clock => $clockWrite);
        my $arrived;
        while (!$arrived) {
            IO::Select->new($notify)->can_read(30) or stop('beatd is never ready: ' . errorOf("beatd.$starts"));
            recv $notify, my $text, 8192, 0;
            $arrived = bootTime() if $text =~ /^READY=1/m;
        }
        my $began = <$clockRead>;
        push @took, ($arrived - $began) * 1000;
        if ($run == $runs) {
            sleep 7;
            my $before = switches($pid);
            sleep 10;
            ($idle, $woken) = (rss($pid), (switches($pid) - $before) / 10);
        }
        end($pid);
    }
    print "\nready: ", join(' ', map { sprintf '%.1f', $_ } @took), " ms\n";
    figure('exec → READY, one descriptor, ms, median (max)', sprintf('%.1f (%.1f)', median(@took), percentile(1, @took)),
        median(@took), 50, 15);
    figure('RSS with one up, MB', sprintf('%.1f', $idle), $idle, 25, 16);
    figure('wake-ups a second with one up', sprintf('%.1f', $woken), $woken, 2.5, 1);
}

sub size {
    system('cp', $beatd, "$tmp/stripped") == 0 && system('strip', "$tmp/stripped") == 0 or stop('no stripped copy');
    my $size = (-s "$tmp/stripped") / 1e6;
    figure('stripped binary, MB', sprintf('%.1f', $size), $size, 20, 12);
}

sub looks {
    startListeners();
    my %share;
    my $guarded = 0;
    print "\nlooks: $instances looks a second less the same an hour, $seconds s each\n";
    for my $interval ('1s', '1h') {
        my $folder = folder("looks.$interval", $instances, interval => $interval);
        my $pid = settledBeatd($folder, $instances);
        my $before = cpu($listeners)->{precise};
        my $run = window($pid, $seconds);
        my $cost = cpu($listeners)->{precise} - $before;
        $guarded = $cost if $interval eq '1s';
        $share{$interval} = $run->{cpu} / $seconds;
        printf "interval %s: %.2f %% of a core (stat %.0f ms), listeners %.1f ms, %d beats\n", $interval,
            $share{$interval} * 100, $run->{stat} * 1000, $cost * 1000, $run->{seen}{beats};
        end($pid);
        system 'rm', '-rf', $folder;
    }
    my $difference = $share{'1s'} - $share{'1h'};
    my $each = $difference * 1e6 / $instances;
    figure("$probe looks, $instances a second, % of a core", sprintf('%.2f', $difference * 100));
    # 10,000 of them a second take at most 2.5 % of a core.
    figure("$probe look, µs all in", sprintf('%.2f', $each), $each, 2.5, 0.5);
    figure('CPU of the listeners meanwhile, ms', sprintf('%.1f', $guarded * 1000), $guarded, 0, 0);
}

# --- all together --------------------------------------------------------------------------------------------------------

stop("PROBE is '$probe'; it must be port, tcp or pidfile") unless $probe =~ /^(port|tcp|pidfile)$/;
my @known = qw(beats kill rss ready size looks);
for my $section (keys %wanted) {
    stop("there is no section '$section'; there are @known") unless grep { $_ eq $section } @known;
}
$tmp = tempdir('/var/tmp/beatd-bench.XXXXXX');
$beatd = build();
printf "beatd: %s; probe: %s; %s; %s\n", $beatd, $probe, pins() ? 'beatd on core 0, sink on core 1' : 'not pinned',
    join ' ', (POSIX::uname())[0, 2, 4];
startSink();
beats() if $wanted{beats};
goodbyes() if $wanted{kill};
memory() if $wanted{rss};
ready() if $wanted{ready};
looks() if $wanted{looks};
size() if $wanted{size};

my $width = percentile(1, map { length } map { my $what = $_->[0]; utf8::decode($what); $what } @figures);
print "\n";
for my $row (['figure', 'value', 'guard', 'goal', ''], @figures) {
    my @cells = @$row;
    utf8::decode($_) for @cells;
    my $line = sprintf "%-${width}s  %-26s  %-6s  %-6s  %s", @cells;
    utf8::encode($line);
    print "$line\n";
}
print "bench: $_\n" for @failures;
my @guarded = grep { $_->[4] ne '' } @figures;
my $broken = grep { $_->[4] eq 'BROKEN' } @guarded;
my $reached = grep { $_->[4] eq 'goal reached' } @guarded;
print "bench: $broken of ", scalar(@guarded), " guards broken, $reached goals reached\n";
exit($broken || @failures && !$misses ? 1 : 0);
