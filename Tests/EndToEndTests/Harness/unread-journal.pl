#!/usr/bin/perl
# Runs a program as if its standard error were the journal's, in a mount namespace of its own (unshare -m), with a journal
# that reads only once there is a file FOLDER/read; what it reads then is in FOLDER/journal. With a file FOLDER/restart it goes
# away (FOLDER/restarting), until then.
#   unread-journal.pl FOLDER PROGRAM WORD ...
use strict;
use warnings;
use IO::Socket::UNIX;

my $folder = shift;
system('mount --make-rprivate / && mount -t tmpfs none /run && mkdir -p /run/systemd/journal') == 0 or die "mount\n";
my $path = '/run/systemd/journal/socket';
my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $path) or die "socket: $!\n";
my $program = $$;
defined(my $child = fork) or die "fork: $!\n";
if ($child == 0) {
    open my $journal, '>', "$folder/journal" or die;
    $journal->autoflush(1);
    until (-e "$folder/read") {
        getppid == $program or exit;
        if ($socket && -e "$folder/restart") {
            unlink $path;
            undef $socket;
            open my $mark, '>', "$folder/restarting";
        }
        select undef, undef, undef, 0.05;
    }
    $socket ||= IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $path) or die "socket: $!\n";
    my $bits = '';
    vec($bits, fileno $socket, 1) = 1;
    while (getppid == $program) {
        my $ready = $bits;
        if (select($ready, undef, undef, 0.1) > 0 && defined recv($socket, my $record, 1 << 20, 0)) {
            print $journal "$record\n";
        }
    }
    exit;
}
my @status = stat STDERR;
$ENV{JOURNAL_STREAM} = "$status[0]:$status[1]";
exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n";
