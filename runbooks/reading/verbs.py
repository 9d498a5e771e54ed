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
            iotop df du free dig nslookup host ping ping6 traceroute tracepath mtr netstat
            whoami id groups jq wc cut tr column diff cmp comm join md5sum sha1sum
            sha256sum sha512sum cksum strings file stat readlink realpath basename dirname
            nl tac rev hexdump od seq pgrep pidof pstree lsblk blkid lscpu lspci lsusb lsmod
            lsof nproc uname w who last lastb lastlog uptime vmstat iostat mpstat sar
            pidstat env printenv echo printf test [ [[ true false sleep pwd which whereis type
            man getent locate fold paste expand base64 cal arch getconf pmap
            nethogs iftop nmap whois tcptraceroute pg_isready pg_dump
            pg_dumpall mysqldump mongodump stern kubetail zpool-status vgs pvs lvs
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
    """cd pushd popd export set unset shopt alias unalias declare local readonly typeset : exit
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
            numsub, module list, memory usage, memory stats, memory doctor"""
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
    "scp",
    "execute",
    "replace",
    "release",
    "allocate",
)

AMBIGUOUS_INLINE = _words(
    """test read type file time host last who set export cd echo true wait which sort w id source
            history alias split cut date more less top install link patch touch join diff
            service column tree find stat env sleep in do then else [ [[ { } ! : test comm fold
            expand man look tag info fd bat perf init locate unlink kill head tail cat mount dig"""
)

# What may stand before a bracket in an SQL question: words of the language, and functions that only compute or tell.
SQL_ASKING = _words(
    """select from where and or not in exists any all some on using as over filter within by case when then else values with
    union except intersect lateral join limit offset having distinct is like ilike between rows range end interval group set
    table explain analyze format row array cast extract unnest generate_series count sum avg min max round floor ceil ceiling
    abs greatest least coalesce nullif concat concat_ws length char_length octet_length lower upper trim ltrim rtrim substr
    substring replace left right lpad rpad position strpos split_part regexp_replace regexp_matches string_agg array_agg
    array_length array_to_string json_agg jsonb_agg json_build_object jsonb_build_object json_extract jsonb_array_length
    json_array_length row_to_json to_json to_jsonb to_char to_date to_timestamp to_number now current_timestamp current_date
    localtime localtimestamp clock_timestamp statement_timestamp transaction_timestamp timezone date date_trunc date_part
    date_add date_sub datediff date_format timestampdiff unix_timestamp from_unixtime age year month day hour minute second
    strftime datetime julianday make_interval row_number rank dense_rank ntile lag lead first_value last_value percentile_cont
    percentile_disc stddev variance mode bool_and bool_or every md5 encode decode version database current_database
    current_schema current_user current_setting inet_server_addr has_table_privilege txid_current_if_assigned if ifnull isnull
    convert char varchar numeric decimal int integer float group_concat format_type obj_description col_description quantile
    uniq topk tointerval formatreadablesize"""
)

# What starts a command line, and says nothing of what it does: the program behind it decides.
RUNNERS = _words(
    """python python3 node ruby php java perl go cargo bundle rake rails make mvn gradle npx dotnet deno poetry uv source
    eval su nc ncat telnet vi vim nano k6 ab wrk screen tmux docker-entrypoint"""
)
