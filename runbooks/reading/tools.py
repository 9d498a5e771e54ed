"""Tools whose first word or two say what they do: `kubectl get` reads, `kubectl rollout undo` does not. Data only."""

from __future__ import annotations

from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    """Comma separated, because some are two words long."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool whose first word or two after its options say what it does."""

    read: frozenset[str] = frozenset()
    write: frozenset[str] = frozenset()
    value_options: frozenset[str] = frozenset()  # options before the verb that take the next word as their value
    bare: str = ""  # effect without any verb


_KUBECTL_OPTIONS = _words(
    "-n --namespace --context --kubeconfig --cluster --user -s --server --as --as-group --token --request-timeout -v "
    "--cache-dir --certificate-authority --client-certificate --client-key"
)
KUBECTL = Tool(
    read=_phrases(
        """get, describe, logs, log, top, explain, version, api-resources, api-versions, cluster-info,
            diff, wait, port-forward, events, rollout status, rollout history, auth can-i, auth
            whoami, config view, config get-contexts, config current-context, config
            get-clusters, config get-users, completion, kustomize, proxy, plugin list, options,
            status, projects, whoami, adm top, tree, ktop, neat, who-can"""
    ),
    write=_phrases(
        """apply, create, delete, edit, patch, replace, scale, autoscale, expose, run, set, label,
            annotate, taint, cordon, uncordon, drain, rollout restart, rollout undo, rollout
            pause, rollout resume, cp, debug, attach, certificate approve, certificate deny,
            config set, config use-context, config set-context, config delete-context, config
            unset, config set-cluster, config set-credentials, config rename-context, auth
            reconcile, adm, rollback, new-app, new-project, start-build, import-image, tag,
            project, policy, rollout latest, rollout retry, rollout cancel"""
    ),
    value_options=_KUBECTL_OPTIONS,
)
DOCKER = Tool(
    read=_phrases(
        """ps, logs, images, inspect, stats, top, info, version, events, diff, port, history, search,
            container ls, container list, container ps, container logs, container inspect,
            container stats, container top, container port, container diff, image ls, image
            list, image inspect, image history, volume ls, volume list, volume inspect, network
            ls, network list, network inspect, system df, system info, system events, service
            ls, service ps, service inspect, service logs, node ls, node ps, node inspect, stack
            ls, stack ps, stack services, context ls, context show, manifest inspect, compose
            ps, compose logs, compose config, compose images, compose top, compose ls, compose
            version, compose events, compose port, compose stats, secret ls, config ls, plugin
            ls, buildx ls, scout"""
    ),
    write=_phrases(
        """run, start, stop, restart, kill, rm, rmi, pull, push, build, create, tag, cp, update, pause,
            unpause, rename, commit, save, load, import, export, login, logout, attach, wait,
            compose up, compose down, compose start, compose stop, compose restart, compose
            kill, compose rm, compose build, compose pull, compose push, compose create, compose
            run, compose scale, compose pause, compose unpause, compose cp, compose watch,
            system prune, container prune, container rm, container stop, container start,
            container restart, container kill, container create, container run, container
            update, image rm, image prune, image pull, image push, image build, image tag,
            volume rm, volume create, volume prune, network rm, network create, network connect,
            network disconnect, network prune, service update, service scale, service rollback,
            service rm, service create, stack deploy, stack rm, stack up, node update, node rm,
            node promote, node demote, swarm init, swarm leave, swarm join, swarm update, secret
            create, secret rm, config create, config rm, builder prune, context use, buildx
            build, buildx prune"""
    ),
    value_options=_words("-H --host --context --config -l --log-level -c"),
)
COMPOSE = Tool(
    read=frozenset(name.removeprefix("compose ") for name in DOCKER.read if name.startswith("compose ")),
    write=frozenset(name.removeprefix("compose ") for name in DOCKER.write if name.startswith("compose ")),
    value_options=_words("-f --file -p --project-name --profile --env-file --project-directory"),
)
_PACKAGES = Tool(
    read=_phrases(
        """list, show, search, policy, info, check-update, repolist, history, provides, depends, rdepends,
            madison, deplist"""
    ),
    write=_phrases(
        """install, remove, purge, autoremove, upgrade, dist-upgrade, full-upgrade, update, clean,
            autoclean, reinstall, downgrade, erase, add, del, edit-sources, mark, groupinstall,
            makecache, swap, history undo, history redo, history rollback"""
    ),
)
_AUTHORITY = Tool(
    read=_phrases(
        """list, ls, view, outdated, audit, show, freeze, check, config list, config get, search, info,
            why, version, fund"""
    ),
    write=_phrases(
        """install, i, ci, uninstall, remove, update, upgrade, publish, add, unpublish, prune, dedupe,
            link, version-bump, audit fix, download, wheel, config set, cache clean, cache purge"""
    ),
)
TOOLS: dict[str, Tool] = {
    "systemctl": Tool(
        read=_phrases(
            """status, is-active, is-enabled, is-failed, list-units, list-unit-files, list-timers,
            list-sockets, list-dependencies, list-jobs, show, cat, get-default,
            is-system-running, show-environment"""
        ),
        write=_phrases(
            """start, stop, restart, reload, try-restart, reload-or-restart, enable, disable, reenable, mask,
            unmask, kill, edit, daemon-reload, daemon-reexec, reset-failed, set-default,
            isolate, set-property, revert, poweroff, reboot, halt, suspend, rescue, link,
            preset, clean"""
        ),
        value_options=_words("-H --host -M --machine -n --lines -o --output -t --type -p --property --state"),
        bare="read",
    ),
    "git": Tool(
        read=_phrases(
            """log, status, diff, show, blame, ls-files, ls-remote, ls-tree, rev-parse, rev-list, shortlog,
            reflog, describe, grep, stash list, stash show, worktree list, cat-file,
            whatchanged, show-ref, for-each-ref, merge-base, name-rev, cherry, range-diff,
            count-objects, version, help, remote show, remote get-url, config list, config get,
            fsck"""
        ),
        write=_phrases(
            """pull, push, checkout, switch, restore, revert, reset, commit, merge, rebase, clean, stash,
            cherry-pick, am, apply, rm, mv, add, init, clone, gc, prune, filter-branch, worktree
            add, worktree remove, submodule update, submodule add, bisect, notes, update-ref,
            remote add, remote remove, remote set-url, remote rename, branch-delete, lfs,
            replace"""
        ),
        value_options=_words("-C -c --git-dir --work-tree --namespace"),
    ),
    "helm": Tool(
        read=_phrases(
            """list, ls, status, history, hist, get, show, inspect, template, search, version, env, lint,
            verify, diff, repo list, dependency list, plugin list, dep list"""
        ),
        write=_phrases(
            """install, upgrade, uninstall, delete, del, un, rollback, test, repo add, repo update, repo
            remove, push, pull, fetch, package, create, dependency update, dependency build,
            plugin install, dep update, dep build, registry login"""
        ),
        value_options=_words("-n --namespace --kube-context --kubeconfig"),
    ),
    "terraform": Tool(
        read=_phrases(
            """plan, show, output, validate, version, providers, graph, state list, state show, state pull,
            workspace list, workspace show, console"""
        ),
        write=_phrases(
            """apply, destroy, import, taint, untaint, refresh, init, state rm, state mv, state push, state
            replace-provider, workspace new, workspace select, workspace delete, force-unlock,
            fmt, get, login, logout"""
        ),
    ),
    "service": Tool(),
    "apt": _PACKAGES,
    "apt-get": _PACKAGES,
    "apt-cache": Tool(read=_phrases("policy, search, show, showpkg, depends, rdepends, madison, stats, pkgnames")),
    "yum": _PACKAGES,
    "dnf": _PACKAGES,
    "apk": _PACKAGES,
    "brew": _PACKAGES,
    "zypper": _PACKAGES,
    "npm": _AUTHORITY,
    "yarn": _AUTHORITY,
    "pnpm": _AUTHORITY,
    "pip": _AUTHORITY,
    "pip3": _AUTHORITY,
    "snap": _PACKAGES,
    "nodetool": Tool(
        read=_phrases(
            """status, info, ring, describecluster, tpstats, cfstats, tablestats, compactionstats, netstats,
            gossipinfo, version, getcompactionthroughput, getendpoints, proxyhistograms,
            tablehistograms, listsnapshots, statusgossip, gcstats"""
        ),
        write=_phrases(
            """repair, cleanup, drain, decommission, removenode, flush, compact, snapshot, clearsnapshot,
            rebuild, move, scrub, upgradesstables, disablegossip, enablegossip, stopdaemon,
            assassinate, refresh, setcompactionthroughput, join"""
        ),
        value_options=_words("-h --host -p --port -u -pw"),
    ),
    "rabbitmqctl": Tool(
        read=_phrases(
            """status, list_queues, list_exchanges, list_bindings, list_connections, list_channels,
            list_consumers, list_users, list_vhosts, list_permissions, list_policies,
            cluster_status, environment, report, ping, list_unresponsive_queues,
            list_user_permissions, version"""
        ),
        write=_phrases(
            """stop, stop_app, start_app, reset, force_reset, join_cluster, forget_cluster_node, purge_queue,
            delete_queue, close_connection, close_all_connections, add_user, delete_user,
            change_password, set_permissions, set_policy, clear_policy, set_user_tags,
            add_vhost, delete_vhost, rotate_logs, force_boot, shutdown, sync_queue"""
        ),
        value_options=_words("-n --node -p --vhost"),
    ),
    "rabbitmq-diagnostics": Tool(
        read=_phrases(
            """status, ping, check_running, check_local_alarms, alarms, memory_breakdown, listeners,
            check_port_connectivity, cluster_status, environment, observer,
            runtime_thread_stats, server_version"""
        )
    ),
    "etcdctl": Tool(
        read=_phrases(
            """get, member list, endpoint health, endpoint status, alarm list, watch, version, user list, role
            list"""
        ),
        write=_phrases(
            """put, del, defrag, compact, compaction, snapshot save, snapshot restore, member add, member
            remove, member update, alarm disarm, auth enable, auth disable, move-leader, user
            add, user delete, role add, txn, lease grant, lease revoke"""
        ),
        value_options=_words("--endpoints --cacert --cert --key --user -w --write-out --command-timeout"),
    ),
    "vault": Tool(
        read=_phrases(
            """status, read, list, kv get, kv list, kv metadata get, token lookup, audit list, auth list,
            secrets list, policy list, policy read, operator raft list-peers, version"""
        ),
        write=_phrases(
            """write, delete, kv put, kv delete, kv patch, kv destroy, kv undelete, token create, token revoke,
            token renew, login, operator seal, operator unseal, operator init, operator rekey,
            operator step-down, lease revoke, lease renew, secrets enable, secrets disable, auth
            enable, auth disable, policy write, policy delete"""
        ),
    ),
    "consul": Tool(
        read=_phrases(
            """members, info, kv get, catalog nodes, catalog services, operator raft list-peers, monitor,
            version, validate"""
        ),
        write=_phrases(
            """kv put, kv delete, leave, join, force-leave, reload, maint, operator raft remove-peer, snapshot
            restore, snapshot save"""
        ),
    ),
    "nomad": Tool(
        read=_phrases(
            """status, job status, node status, alloc status, alloc logs, server members, job history, job
            inspect, plan, job plan, eval status, deployment status, monitor, version"""
        ),
        write=_phrases(
            """run, stop, job run, job stop, job revert, job scale, node drain, node eligibility, alloc
            restart, alloc stop, deployment promote, deployment fail, system gc, job dispatch,
            job periodic force"""
        ),
    ),
    "argocd": Tool(
        read=_phrases(
            """app get, app list, app diff, app history, app logs, app manifests, app resources, app wait,
            cluster list, proj list, proj get, repo list, version"""
        ),
        write=_phrases(
            """app sync, app rollback, app set, app delete, app create, app patch, app unset, app terminate-op,
            login, cluster add, cluster rm, proj create, proj delete, repo add, repo rm"""
        ),
    ),
    "flux": Tool(
        read=_phrases("get, logs, events, check, stats, tree, diff, export, trace, version"),
        write=_phrases("reconcile, suspend, resume, create, delete, bootstrap, install, uninstall"),
        value_options=_words("-n --namespace --context"),
    ),
    "amtool": Tool(
        read=_phrases(
            """alert, alert query, silence query, config show, config routes, check-config, cluster show,
            template render"""
        ),
        write=_phrases("silence add, silence expire, silence update, silence import, alert add"),
    ),
    "crictl": Tool(
        read=_phrases(
            """ps, pods, logs, inspect, inspecti, inspectp, images, stats, info, version, statsp, imagefsinfo"""
        ),
        write=_phrases("rm, rmi, rmp, stop, stopp, start, run, runp, create, pull, update"),
    ),
    "istioctl": Tool(
        read=_phrases(
            """proxy-status, ps, proxy-config, pc, analyze, version, dashboard, experimental describe, x
            describe, validate"""
        ),
        write=_phrases("install, uninstall, upgrade, tag set, kube-inject, operator init"),
    ),
    "linkerd": Tool(read=_phrases("check, viz stat, viz top, viz tap, viz edges, version, diagnostics")),
    "velero": Tool(
        read=_phrases(
            """get, backup get, backup describe, backup logs, restore get, restore describe, restore logs,
            schedule get, version, describe"""
        ),
        write=_phrases(
            """backup create, backup delete, restore create, restore delete, schedule create, schedule delete,
            install, create, delete, schedule pause"""
        ),
    ),
    "supervisorctl": Tool(
        read=_phrases("status, tail, pid, maintail, avail"),
        write=_phrases("start, stop, restart, reload, update, reread, shutdown, signal, add, remove, clear"),
    ),
    "pm2": Tool(
        read=_phrases("list, ls, status, logs, show, describe, monit, info, jlist"),
        write=_phrases("start, stop, restart, reload, delete, kill, flush, save, scale, resurrect"),
    ),
    "nginx": Tool(),
    "patronictl": Tool(
        read=_phrases("list, topology, show-config, history, dsn, version"),
        write=_phrases("""failover, switchover, restart, reload, reinit, pause, resume, edit-config, remove, flush"""),
        value_options=_words("-c --config-file -d"),
    ),
    "pg_lsclusters": Tool(bare="read"),
    "timedatectl": Tool(
        read=_phrases("status, show, list-timezones, timesync-status, show-timesync"),
        write=_phrases("set-time, set-timezone, set-ntp, set-local-rtc"),
        bare="read",
    ),
    "hostnamectl": Tool(read=_phrases("status, hostname"), write=_phrases("set-hostname, set-chassis"), bare="read"),
    "chronyc": Tool(
        read=_phrases("sources, tracking, sourcestats, activity, ntpdata, clients, serverstats"),
        write=_phrases("makestep, burst, online, offline, add, delete, settime"),
    ),
    "loginctl": Tool(
        read=_phrases("list-sessions, session-status, list-users, user-status, show-session, show-user"),
        write=_phrases("terminate-session, terminate-user, kill-session, kill-user"),
        bare="read",
    ),
    "ufw": Tool(
        read=_phrases("status, show, version"),
        write=_phrases("allow, deny, enable, disable, delete, reset, reload, limit, reject, insert"),
    ),
    "firewall-cmd": Tool(),
    "zpool": Tool(
        read=_phrases("status, list, iostat, get, history, events"),
        write=_phrases(
            """create, destroy, add, remove, replace, scrub, online, offline, clear, import, export, attach,
            detach, set, trim, upgrade"""
        ),
    ),
    "zfs": Tool(
        read=_phrases("list, get, diff, holds"),
        write=_phrases(
            """create, destroy, snapshot, rollback, set, send, receive, recv, clone, promote, rename, mount,
            unmount, inherit"""
        ),
    ),
    "doctl": Tool(),
    "gh": Tool(
        read=_phrases(
            """pr list, pr view, pr status, pr diff, pr checks, issue list, issue view, run list, run view, run
            watch, release list, release view, workflow list, workflow view, repo view, auth
            status, status, search"""
        ),
        write=_phrases(
            """pr create, pr merge, pr close, pr review, pr comment, issue create, issue close, issue comment,
            run rerun, run cancel, workflow run, release create, release delete, repo clone,
            repo create, secret set, workflow enable, workflow disable"""
        ),
    ),
    "ceph": Tool(
        read=_phrases(
            """status, -s, health, df, osd tree, osd df, osd stat, osd status, osd dump, pg stat, pg dump, mon
            stat, quorum_status, mds stat, versions, health detail, osd perf, osd pool ls, fs
            status, fs ls"""
        ),
        write=_phrases(
            """osd out, osd in, osd set, osd unset, osd down, osd purge, osd rm, osd reweight, osd crush, osd
            pool, pg repair, pg scrub, pg deep-scrub, config set, mgr fail, mds fail, tell, auth
            del, auth add, health mute, health unmute, status set"""
        ),
        bare="",
    ),
    "elasticsearch-plugin": Tool(read=_phrases("list"), write=_phrases("install, remove")),
    "kafka-consumer-groups.sh": Tool(),
}
TOOLS["tofu"] = TOOLS["terraform"]
TOOLS["kubectl"] = TOOLS["oc"] = TOOLS["k"] = TOOLS["microk8s.kubectl"] = KUBECTL
TOOLS["docker"] = TOOLS["podman"] = TOOLS["nerdctl"] = DOCKER
TOOLS["docker-compose"] = TOOLS["podman-compose"] = COMPOSE
