# So many processes, each of which watches the Workload API: watches.pl SOCKET PROCESSES ONCE
# Speaks the few HTTP/2 frames that a gRPC call takes, so that a process costs little. Prints how long each waited for its first
# SVID, in milliseconds, a line each; with ONCE one after the other, each ending, else all together until standard input ends.
use strict;
use warnings;
use IO::Socket::UNIX;
use Time::HiRes qw(time);

my ($path, $processes, $once) = @ARGV;

sub frame { my ($type, $flags, $stream, $body) = @_; return substr(pack('N', length $body), 1) . pack('CCN', $type, $flags, $stream) . $body; }
sub text { my ($value) = @_; return chr(length $value) . $value; }

my $headers = "\x83\x86\x04" . text('/SpiffeWorkloadAPI/FetchX509SVID') . "\x01" . text('localhost')
  . "\x00" . text('te') . text('trailers') . "\x00" . text('content-type') . text('application/grpc')
  . "\x00" . text('workload.spiffe.io') . text('true');
my $call = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . frame(4, 0, 0, '') . frame(1, 4, 1, $headers) . frame(0, 1, 1, "\0\0\0\0\0");

sub take { my ($socket, $bytes) = @_; my $all = ''; while (length $all < $bytes) { sysread($socket, $all, $bytes - length $all, length $all) or exit 1; } return $all; }

sub watch {
  my ($tell) = @_;
  my $begun = time;
  my $socket = IO::Socket::UNIX->new(Peer => $path) or exit 1;
  syswrite $socket, $call;
  for (;;) {
    my ($high, $length, $type) = unpack 'CnC', take($socket, 9);
    take($socket, ($high << 16) + $length) if $high || $length;
    # The call was refused: headers that end the stream come without data before them.
    next if $type != 0;
    syswrite $tell, sprintf("%.3f\n", (time - $begun) * 1000) if $tell;
    return if $once;
    $tell = undef;
  }
}

$| = 1;
my @children;
for (1 .. $processes) {
  my $pid = fork;
  if ($pid == 0) { watch(\*STDOUT); exit 0; }
  push @children, $pid;
  waitpid $pid, 0 if $once;
}
<STDIN>;
kill 'KILL', @children unless $once;
