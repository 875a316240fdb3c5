#!/usr/bin/perl
# Runs a program for which socket(2) says EPERM to AF_NETLINK with NETLINK_SOCK_DIAG, as a sandbox would: a seccomp filter.
#   without-diagnosis.pl PROGRAM WORD ...
use strict;
use warnings;
use POSIX ();

my %numbers = (x86_64 => [157, 41], aarch64 => [167, 198]);    # prctl, socket
my ($prctl, $socket) = @{ $numbers{ (POSIX::uname())[4] } or die "unknown machine\n" };
my ($no_new_privileges, $set_seccomp, $filter_mode) = (38, 22, 2);

# seccomp(2): the number of the call at 0, its arguments from 16 on.
my @program = (
    [0x20, 0, 0, 0], [0x15, 0, 5, $socket],
    [0x20, 0, 0, 16], [0x15, 0, 3, 16],       # AF_NETLINK
    [0x20, 0, 0, 32], [0x15, 0, 1, 4],        # NETLINK_SOCK_DIAG
    [0x06, 0, 0, 0x00050001],                 # EPERM
    [0x06, 0, 0, 0x7fff0000],                 # allow
);
my $instructions = join '', map { pack 'SCCL', @$_ } @program;
my $filter = pack 'Sx![P]P', scalar @program, $instructions;
syscall($prctl, $no_new_privileges, 1, 0, 0, 0) == 0 or die "prctl: $!\n";
syscall($prctl, $set_seccomp, $filter_mode, $filter) == 0 or die "seccomp: $!\n";
exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n";
