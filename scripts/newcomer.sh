#!/usr/bin/env bash
# What a newcomer sees: a minimal Debian 12 that has only the Swift toolchain, git, make and sudo, an empty HOME and a
# clone of HEAD beside BEATD_SHARED. Each command runs twice as root and twice as a user with sudo; the second time
# without any network but loopback, so what is fetched or installed then, or talks to the outside, fails.
#
#   scripts/newcomer.sh [COMMAND...]     targets of make; default: demo test
#
# Needs root and mmdebstrap. The Debian is made once and kept in NEWCOMER_HOME (default /var/tmp/beatd-newcomer), with
# the logs of the last run. Every command has its own mount and process namespace: what it mounts or leaves running ends
# with it, and is told.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
top=$PWD
commands=("$@")
[ ${#commands[@]} -gt 0 ] || commands=(demo test)
home=${NEWCOMER_HOME:-/var/tmp/beatd-newcomer}
shared=$(readlink -f "${BEATD_SHARED:-../shared}" || true)

stop() { echo "newcomer: $*" >&2; exit 1; }
[ "$(id -u)" -eq 0 ] || stop "needs root, to make and enter a Debian of its own"
for tool in mmdebstrap unshare ip git; do
    command -v "$tool" >/dev/null || stop "there is no $tool here (apt-get install mmdebstrap util-linux iproute2 git)"
done
swift=$(readlink -f "$(command -v swift)") || stop "there is no swift on PATH"
toolchain=${swift%/usr/bin/*}
[ -n "$toolchain" ] && [ "$toolchain" != "$swift" ] ||
    stop "the toolchain must have a folder of its own, like /opt/swift; it is $swift"

mkdir -p "$home/logs"
rm -f "$home"/logs/*.log
scratch=$(mktemp -d "$home/run-XXXXXX")
unset BEATD_TIMES
source scripts/timed.sh
trap 'rm -rf --one-file-system "$scratch"; forget_times' EXIT

# --- a Debian, made once ------------------------------------------------------------------------------------------

mirror=${NEWCOMER_MIRROR:-http://deb.debian.org/debian}
proxy=$(apt-config dump Acquire::http::Proxy 2>/dev/null || true)
make_base() {
    mmdebstrap --quiet --variant=minbase --include=git,make,sudo,ca-certificates ${proxy:+--aptopt="$proxy"} \
        --format=tar bookworm "$home/base.part" "$mirror" && mv "$home/base.part" "$home/base.tar"
}
[ -f "$home/base.tar" ] || timed "debian, made once" make_base

# --- one newcomer: a fresh root, a user, a clone ------------------------------------------------------------------

# unpack WHO: a fresh Debian in $scratch/WHO, with a clone that belongs to WHO.
unpack() {
    local who=$1 root=$scratch/$1
    mkdir "$root"
    tar -xf "$home/base.tar" -C "$root" --exclude='./dev/*'
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    [ -z "$proxy" ] || echo "$proxy" >"$root/etc/apt/apt.conf.d/90proxy"
    echo newcomer >"$root/etc/hostname"
    echo "127.0.0.1 localhost newcomer" >"$root/etc/hosts"
    mkdir -p "$root/srv/work" "$root$toolchain" "$root/srv/work/shared"
    [ -d "$shared" ] || rmdir "$root/srv/work/shared"
    git clone --quiet --no-hardlinks "$top" "$root/srv/work/beatd"
    [ "$(git -C "$root/srv/work/beatd" rev-parse HEAD)" = "$(git rev-parse HEAD)" ] || stop "the clone is not at HEAD"
    if [ "$who" != root ]; then
        chroot "$root" useradd --create-home --skel /nonexistent --shell /bin/bash "$who"
        echo "$who ALL=(ALL) NOPASSWD: ALL" >"$root/etc/sudoers.d/newcomer"
        chroot "$root" chown -R "$who:" /srv/work/beatd
    fi
    find "$root$(home_of "$who")" -mindepth 1 -delete
}
home_of() { if [ "$1" = root ]; then echo /root; else echo "/home/$1"; fi; }

# inside WHO NETWORK COMMAND: runs in new namespaces of its own (see enter); fails too where a process is left behind.
inside() {
    local who=$1 network=$2 command=$3 root=$scratch/$1 status=0 node stat try left
    hostname newcomer
    [ "$network" = all ] || ip link set lo up
    mount --bind "$root" "$root"
    mount --bind "$toolchain" "$root$toolchain"
    mount -o remount,bind,ro "$root$toolchain"
    if [ -d "$shared" ]; then
        mount --bind "$shared" "$root/srv/work/shared"
        mount -o remount,bind,ro "$root/srv/work/shared"
    fi
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    for node in null zero full random urandom tty; do
        touch "$root/dev/$node"
        mount --bind "/dev/$node" "$root/dev/$node"
    done
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"

    chroot --userspec="$who:$who" "$root" /usr/bin/env -i HOME="$(home_of "$who")" USER="$who" LANG=C.UTF-8 \
        PATH="$toolchain/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        bash -c "cd /srv/work/beatd && $command" </dev/null || status=$?
    # This shell is process 1 of the namespace: all else there was left by the command. Give it a second to end.
    for ((try = 0; try < 10; try++)); do
        left=
        for node in "$root"/proc/[0-9]*; do
            [ "$node" != "$root/proc/1" ] && read -r stat <"$node/stat" || continue
            [[ "$stat" == *") Z "* ]] || left+=" ${stat%%)*})"
        done 2>/dev/null
        [ -n "$left" ] || break
        sleep 0.1
    done
    if [ -n "$left" ]; then
        echo "newcomer: left running:$left"
        status=99
    fi
    return "$status"
}

# enter WHO NETWORK COMMAND
enter() {
    local separate=(--mount --pid --fork --kill-child --uts --ipc)
    [ "$2" = all ] || separate+=(--net)
    unshare "${separate[@]}" bash -c "
        set -euo pipefail
        $(declare -p scratch toolchain shared)
        $(declare -f inside home_of)
        inside \"\$@\"" inside "$@"
}

# One command, told by its log's last line and the tree it leaves.
run() {
    local who=$1 network=$2 target=$3 log=$4 status=0 dirt
    enter "$who" "$network" "make $target" >"$log" 2>&1 || status=$?
    dirt=$(enter "$who" loopback "git status --porcelain" 2>&1)
    if [ -n "$dirt" ]; then
        printf 'newcomer: the tree is not clean:\n%s\n' "$dirt" | tee -a "$log"
        [ "$status" -ne 0 ] || status=98
    fi
    [ "$status" -eq 0 ] || tail -n 40 "$log"
    return "$status"
}

failed=()
for who in root newcomer; do
    unpack "$who"
    for turn in 1 2; do
        network=all
        [ "$turn" -eq 1 ] || network=loopback
        for target in "${commands[@]}"; do
            echo "== $who: make $target, turn $turn, network: $network"
            log=$home/logs/$who-$target-$turn.log
            timed "$who: make $target, turn $turn" run "$who" "$network" "$target" "$log" ||
                failed+=("$who-$target-$turn")
        done
    done
    rm -rf --one-file-system "${scratch:?}/$who"
done

# --- what was seen ------------------------------------------------------------------------------------------------

for log in "$home"/logs/*.log; do
    [ -f "$log" ] && grep -q '^skipped: ' "$log" || continue
    echo
    echo "$(basename "$log" .log):"
    grep -E '^[a-z-]+ +[^ ]+ Test run with ' "$log" | sed 's/^/  /'
    sed -n '/^skipped: /,/^$/p' "$log" | sed '/^$/d; s/^/  /'
done
times_table
if [ ${#failed[@]} -gt 0 ]; then
    echo "newcomer: FAILED: ${failed[*]}; logs in $home/logs"
    exit 1
fi
echo "newcomer: every command twice as root and twice as a user; the tree stayed clean; logs in $home/logs"
