#!/usr/bin/perl
# Looks into a registry as a consumer would.
#   registry.pl HOST:PORT hosts SERVICE            prints ip:port of each listed instance
#   registry.pl HOST:PORT wait SERVICE N LIMIT     waits until N are listed, at most LIMIT seconds; prints the milliseconds it took
#   registry.pl HOST:PORT beats SERVICE N LIMIT    waits until N beats for it were answered
#   registry.pl HOST:PORT kill PID SERVICE LIMIT   kills the process and prints in how many milliseconds it left the list
use strict;
use warnings;
use IO::Socket::INET;
use Time::HiRes qw(time sleep);

my ($server, $verb, @rest) = @ARGV;

sub get {
    my ($path) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => $server, Timeout => 3) or die "registry.pl: $server: $!\n";
    print $socket "GET $path HTTP/1.0\r\nHost: $server\r\nAccept: application/json\r\n\r\n";
    local $/;
    my $answer = <$socket>;
    $answer =~ s/^.*?\r\n\r\n//s;
    return $answer;
}

sub hosts {
    my ($service) = @_;
    my $list = get("/nacos/v1/ns/instance/list?serviceName=$service");
    my @found;
    for my $host (split /\},\s*\{/, $list =~ /"hosts":\[(.*)\]/s ? $1 : '') {
        my ($ip) = $host =~ /"ip":"([^"]*)"/;
        my ($port) = $host =~ /"port":(\d+)/;
        push @found, "$ip:$port" if defined $ip && defined $port;
    }
    return @found;
}

sub wait_for {
    my ($limit, $what, $isTrue) = @_;
    my $began = time;
    while (!$isTrue->()) {
        die "registry.pl: waited $limit s for $what\n" if time - $began > $limit;
        sleep 0.002;
    }
    return sprintf '%.0f', (time - $began) * 1000;
}

if ($verb eq 'hosts') {
    print "$_\n" for hosts($rest[0]);
} elsif ($verb eq 'wait') {
    my ($service, $count, $limit) = @rest;
    print wait_for($limit, "$count instances of $service", sub { hosts($service) == $count }), "\n";
} elsif ($verb eq 'beats') {
    my ($service, $count, $limit) = @rest;
    my $before = () = get('/beatd/requests?since=0') =~ /instance\/beat/g;
    print wait_for($limit, "$count beats", sub {
        my $now = () = get('/beatd/requests?since=0') =~ /instance\/beat/g;
        sleep 0.1;
        return $now - $before >= $count;
    }), "\n";
} elsif ($verb eq 'kill') {
    my ($pid, $service, $limit) = @rest;
    kill 'KILL', $pid or die "registry.pl: kill $pid: $!\n";
    print wait_for($limit, "$service to leave", sub { hosts($service) == 0 }), "\n";
} else {
    die "registry.pl: unknown verb '$verb'\n";
}
