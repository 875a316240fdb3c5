#!/usr/bin/perl
# A registry with a bad habit: odd-registry.pl PORT FOLDER. The files `habit` and `text` of FOLDER say how the next
# request is treated; each request is one line on standard output.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_LINGER);

my ($port, $folder) = @ARGV;
$| = 1;
$SIG{PIPE} = 'IGNORE';
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 64, ReuseAddr => 1)
    or die "odd-registry: port $port: $!\n";
print "listening\n";

sub slurp {
    open my $file, '<', "$folder/$_[0]" or return '';
    local $/;
    return scalar(<$file>) // '';
}

sub good {
    my ($path) = @_;
    my $body = $path =~ /beat/ ? '{"clientBeatInterval":500,"code":10200,"lightBeatEnabled":true}' : 'ok';
    return "HTTP/1.1 200 OK\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
}

# Writes until the other end has had enough.
sub say_all {
    my ($client, $bytes) = @_;
    my $at = 0;
    while ($at < length $bytes) {
        my $count = syswrite $client, $bytes, 65536, $at or last;
        $at += $count;
    }
}

my $select = IO::Select->new($listener);
my (%pending, @held);
while (my @ready = $select->can_read) {
    for my $handle (@ready) {
        if ($handle == $listener) {
            my $client = $listener->accept or next;
            if (slurp('habit') eq 'close') { close $client; print "closed\n"; next }
            $select->add($client);
            $pending{$client} = '';
            next;
        }
        my $count = sysread $handle, $pending{$handle}, 65536, length $pending{$handle};
        if (!$count) { $select->remove($handle); delete $pending{$handle}; close $handle; next }
        my ($head, $body) = $pending{$handle} =~ /^(.*?)\r\n\r\n(.*)/s or next;
        my ($method, $path) = $head =~ /^(\w+) ([^ ?]*)/;
        my ($length) = $head =~ /\r\nContent-Length: (\d+)/;
        next if length $body < $length;
        print "$method $path\n";
        $pending{$handle} = '';
        my $habit = slurp('habit');
        if ($habit eq 'hang') { next }
        if ($habit =~ /^(reset|end|close)$/) {
            setsockopt $handle, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0) if $habit eq 'reset';
            $select->remove($handle);
            delete $pending{$handle};
            close $handle;
            next;
        }
        if ($habit eq 'slow') { select undef, undef, undef, 0.4 }
        if ($habit eq 'flood') {
            say_all($handle, "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" . 'x' x 10_000_000);
            next;
        }
        say_all($handle, $habit eq 'text' ? slurp('text') : good($path));
    }
}
