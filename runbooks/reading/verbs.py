"""Commands whose name alone says whether they read or change something. Data; `effects` applies it.

A command that is neither here nor in `tools` is unknown, and stays unmarked.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    """Comma separated, because some are two words long."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


ALWAYS_READ = _words(
    """ls ll cat zcat bzcat less zless more head tail grep egrep fgrep zgrep rg ag ps top htop atop
            iotop df du free dig nslookup host ping ping6 traceroute tracepath mtr ss netstat
            whoami id groups jq wc uniq cut tr column diff cmp comm join md5sum sha1sum
            sha256sum sha512sum cksum strings file stat readlink realpath basename dirname tree
            nl tac rev xxd hexdump od seq pgrep pidof pstree lsblk blkid lscpu lspci lsusb lsmod
            lsof nproc uname w who last lastb lastlog history uptime vmstat iostat mpstat sar
            pidstat env printenv echo printf test [ [[ true false sleep pwd which whereis type
            man getent locate fold paste expand awk gawk mawk base64 cal arch getconf pmap
            strace ltrace perf nethogs iftop nmap whois tcptraceroute pg_isready pg_dump
            pg_dumpall mysqldump mongodump promtool stern kubetail k9s zpool-status vgs pvs lvs
            vgdisplay pvdisplay lvdisplay numastat slabtop showmount getfacl getsebool sestatus
            ausearch aureport bat fd delv drill testparm tty groups ulimit compgen sleep wait
            jobs xclip rpm-query ethtool-show pt-query-digest pgbadger dmidecode wg-show"""
)
ALWAYS_WRITE = _words(
    """rm mv cp chmod chown chgrp kill pkill killall killall5 reboot shutdown halt poweroff mkdir rmdir
            touch ln truncate install mount umount mkfs mkfs.ext4 mkfs.xfs mkswap swapon swapoff
            fsck useradd userdel usermod groupadd groupdel passwd chpasswd visudo dd shred rsync
            scp sftp tee unlink renice chattr setfacl setenforce setsebool restorecon semanage
            pg_restore pg_ctl pg_basebackup createdb dropdb createuser dropuser pg_rewind
            pg_resetwal mongorestore mysqlimport update-rc.d update-ca-certificates ldconfig
            modprobe rmmod insmod depmod patch unzip gunzip gzip bzip2 xz zip mdadm growpart
            resize2fs xfs_growfs lvextend lvresize lvremove lvcreate vgextend vgremove pvcreate
            pvremove pvresize parted wipefs telinit init depmod ansible-galaxy logrotate certbot
            newgrp chroot crontab-edit psql-restore"""
)
NEUTRAL = _words(
    """cd pushd popd export set unset shopt alias unalias declare local readonly typeset : trap exit
            return break continue shift for case select function fi done esac } { clear read getopts umask hash then else
            do in"""
)
KEYWORDS = _words("if then elif else while until do ! { time")
SQL_CLIENTS = _words("psql mysql mariadb sqlite3 cqlsh clickhouse-client cockroach vsql snowsql")

REDIS_READS = _words(
    """get mget keys scan ttl pttl type exists info ping dbsize lastsave llen lrange lindex hget
            hgetall hlen hkeys hscan smembers scard sismember sscan zrange zcard zscore
            zrevrange zscan strlen memory time role monitor object randomkey xlen xinfo xrange
            xpending echo getrange hmget hexists zcount zrangebyscore command dump subscribe
            psubscribe"""
)
REDIS_SUB_READS = _phrases(
    """config get, client list, client info, client getname, slowlog get, slowlog len, cluster info,
            cluster nodes, cluster slots, cluster shards, latency latest, latency doctor,
            latency history, latency graph, acl list, acl whoami, acl getuser, acl cat, sentinel
            masters, sentinel master, sentinel replicas, sentinel slaves, sentinel
            get-master-addr-by-name, sentinel ckquorum, script exists, pubsub channels, pubsub
            numsub, module list"""
)
CLOUD_READS = (
    "describe",
    "list",
    "get",
    "show",
    "head",
    "lookup",
    "read",
    "tail",
    "filter",
    "ls",
    "print",
    "search",
    "wait",
    "query",
)
CLOUD_WRITES = (
    "create",
    "delete",
    "update",
    "put",
    "modify",
    "terminate",
    "start",
    "stop",
    "reboot",
    "run",
    "attach",
    "detach",
    "associate",
    "disassociate",
    "authorize",
    "revoke",
    "set",
    "add",
    "remove",
    "deploy",
    "reset",
    "resize",
    "restart",
    "scale",
    "enable",
    "disable",
    "invoke",
    "publish",
    "restore",
    "import",
    "export",
    "copy",
    "register",
    "deregister",
    "promote",
    "failover",
    "rollback",
    "apply",
    "cancel",
    "rotate",
    "tag",
    "untag",
    "cp",
    "mv",
    "rm",
    "sync",
    "mb",
    "rb",
    "send",
    "purge",
    "redeploy",
    "deallocate",
    "patch",
    "resume",
    "suspend",
    "switchover",
    "clone",
    "move",
    "undelete",
    "upgrade",
    "rolling-action",
    "ssh",
    "scp",
    "execute",
    "replace",
    "release",
    "allocate",
    "assume",
)

AMBIGUOUS_INLINE = _words(
    """test read type file time host last who set export cd echo true wait which sort w id source
            history alias split cut date more less top install link patch touch join diff
            service column tree find stat env sleep in do then else [ [[ { } ! : test comm fold
            expand man look tag info fd bat perf init locate unlink kill head tail cat mount dig"""
)
