#!/usr/bin/perl
# A service of the old kind: it writes a pidfile, answers on a port, and has never heard of a registry.
#   legacy-service.pl PORT PIDFILE
use strict;
use warnings;
use IO::Socket::INET;

my ($port, $pidfile) = @ARGV;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1)
    or die "legacy-service: port $port: $!\n";
open my $file, '>', "$pidfile.new" or die "legacy-service: $pidfile: $!\n";
print $file "$$\n";
close $file;
rename "$pidfile.new", $pidfile or die "legacy-service: $pidfile: $!\n";
while (my $client = $listener->accept) {
    $client->print("billing 2.3, since 2006\n");
    $client->close;
}
