"""What commands do to production."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.reading.effects import tell_shell_effect
from runbooks.reading.sql import tell_sql_effect

READS = """
kubectl get pods -n shop
kubectl -n shop rollout status deploy/api
kubectl get pods | grep api | wc -l
kubectl get pods >/dev/null 2>&1
kubectl exec -it api-0 -- psql -c "SELECT 1"
kubectl create secret generic x --dry-run=client -o yaml
curl https://api.example/health
curl -G --data-urlencode 'q=x' http://logs.example
curl -o /dev/null -s -w "%{http_code}" https://api.example
watch -n 30 'kubectl get pods'
systemctl status nginx
git log --oneline -10
git branch -a
docker compose -f a.yml ps
redis-cli -h cache info memory
aws ec2 describe-instances
gcloud compute instances list
az vm show -g x -n y
terraform plan
helm upgrade api ./chart --dry-run
sudo journalctl -u api --since "1 hour ago"
time env A=1 kubectl get po
find /var/log -name '*.gz'
sed -n 1,10p file
tar -tzf a.tgz
ls; df -h && free -m
if systemctl is-active x; then echo up; fi
ssh db1 'df -h'
crontab -l
ip addr show
mysql -e "SHOW PROCESSLIST"
ansible-playbook site.yml --check
rsync -avn a/ b/
""".strip().split("\n")

WRITES = """
kubectl -n shop rollout undo deploy/api
kubectl scale deploy/api --replicas=5
kubectl get pods > pods.txt
kubectl get cm x -o yaml | kubectl apply -f -
curl -X POST https://api.example/on
curl -sXDELETE https://api.example/x
curl -d a=b https://api.example
sudo systemctl restart nginx
git push --force origin main
git branch -D old
docker exec db psql -c 'delete from orders'
docker-compose up -d
redis-cli FLUSHALL
redis-cli config set maxmemory 1gb
aws s3 rm s3://bucket/x
gcloud compute instances delete x
az vm restart -g x -n y
terraform apply
for p in $(kubectl get pods -o name); do kubectl delete $p; done
ps aux | awk '{print $2}' | xargs kill -9
echo "$(kubectl delete pod x)"
find . -name '*.tmp' -delete
sed -i s/a/b/ file
ls && rm x
PGPASSWORD=x psql -c "UPDATE t SET a=1"
ssh db1 'sudo systemctl restart postgresql'
timeout 5 kubectl delete pod x
tee /etc/hosts
service nginx restart
ls & reboot
""".strip().split("\n")

UNKNOWN = """
./deploy.sh staging
my-tool get everything
ls; my-tool
kubectl exec -it api-0 -- /bin/bash
psql -h db -U me shop
ssh db1
curl -fsSL https://x.example/install.sh | bash
python manage.py migrate
make deploy
PLACEHOLDER
""".strip().split("\n")


@pytest.mark.parametrize("code", READS)
def test_reads(code: str) -> None:
    assert tell_shell_effect(code) == "read"


@pytest.mark.parametrize("code", WRITES)
def test_writes(code: str) -> None:
    assert tell_shell_effect(code) == "write"


@pytest.mark.parametrize("code", UNKNOWN)
def test_the_unknown_is_never_called_safe(code: str) -> None:
    assert tell_shell_effect(code) == ""


def test_one_write_makes_the_block_a_write() -> None:
    assert tell_shell_effect("kubectl get po\nmy-tool\nkubectl delete po x") == "write"


def test_a_heredoc_is_no_command() -> None:
    assert tell_shell_effect("cat <<EOF\nrm -rf /\nEOF") == "read"


def test_comments_are_no_commands() -> None:
    assert tell_shell_effect("# rm -rf /\nls # rm x") == "read"


def test_a_command_may_go_on_over_lines() -> None:
    assert tell_shell_effect("kubectl \\\n  delete \\\n  pod x") == "write"


def test_statements_typed_into_a_session_count() -> None:
    assert tell_shell_effect("psql -h db\n\nSELECT a\nFROM b;") == "read"
    assert tell_shell_effect("psql -h db\n\nSELECT a\nFROM b;\n\nUPDATE b\nSET a = 1;") == "write"


@pytest.mark.parametrize(
    ("sql", "effect"),
    [
        ("SELECT * FROM orders WHERE name = 'drop table';", "read"),
        ("EXPLAIN SELECT 1", "read"),
        ("EXPLAIN ANALYZE DELETE FROM a", "write"),
        ("WITH x AS (SELECT 1) SELECT * FROM x", "read"),
        ("WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x", "write"),
        ("SELECT pg_terminate_backend(12)", "write"),
        ("SELECT 1; DROP TABLE a", "write"),
        ("BEGIN; SELECT 1; COMMIT", "read"),
        ("\\dt", "read"),
        ("VACUUM FULL orders", "write"),
        ("-- DELETE FROM a\nSELECT 1", "read"),
        ("FROBNICATE a", ""),
        ("", ""),
    ],
)
def test_sql(sql: str, effect: str) -> None:
    assert tell_sql_effect(sql) == effect


@given(st.text(alphabet="abk $()'\"`\\;&|<>\n#{}-EOF=rm", max_size=200))
def test_no_shell_text_raises(text: str) -> None:
    assert tell_shell_effect(text) in ("read", "write", "")


@given(st.text(max_size=100))
def test_a_delete_on_a_line_of_its_own_is_always_seen(text: str) -> None:
    quiet = "".join(char for char in text if char.isalnum() or char in " ,.-")
    assert tell_shell_effect(f"echo {quiet}\nkubectl delete pod x\n") == "write"


@pytest.mark.parametrize(
    "code",
    [
        "awk '{system(\"rm \" $1)}' list",
        "awk '{print > \"out\"}' list",
        "awk -f clean.awk list",
        "sed 's/a/b/w out' file",
        "sed '1e date' file",
        "vault read database/creds/admin",
        "ip netns exec blue rm x",
        "aws ssm start-session --target i-1",
        "gcloud compute ssh web-1",
        "gcloud container clusters get-credentials shop",
        "curl https://prometheus.example/-/reload",
        "curl -XPOST https://search.example/orders/_search -d '{}'",
        "kafka-console-consumer.sh --topic a --group billing",
        "ceph",
        "k9s",
        "etcdctl check perf",
        "psql -c 'SELECT archive_orders(30)'",
        "psql -c '\\copy orders from orders.csv'",
        "trap 'rm x' EXIT\nls",
        "mongosh --eval 'db.adminCommand({setParameter: 1}); db.stats()'",
    ],
)
def test_what_might_change_something_is_not_called_safe(code: str) -> None:
    assert tell_shell_effect(code) == ""


@pytest.mark.parametrize(
    "code",
    [
        "find . -exec ls {} \\; -exec rm {} \\;",
        "git reflog expire --all",
        "npm audit fix",
        "dnf history undo 5",
        "docker swarm join-token --rotate worker > token",
        "ceph health mute OSD_DOWN",
        "ss -K dst 10.0.0.1",
        "hostnamectl hostname db-2",
        "istioctl proxy-config log web-0 --level debug",
        "http --auth me:x DELETE https://api.example/orders/1",
        "uniq names.txt names.txt",
        "kafka-consumer-groups.sh --group a --delete-offsets --topic b",
        "mongosh --eval 'rs.add(\"db-3\"); rs.status()'",
        "mysqladmin -u root shutdown",
        "gcloud run services delete web",
        "fuser -k 80/tcp",
        "sudo pgbackrest --stanza=main restore",
    ],
)
def test_a_change_behind_a_reading_word_is_a_change(code: str) -> None:
    assert tell_shell_effect(code) == "write"


@pytest.mark.parametrize(
    "code",
    [
        "kill -0 4711",
        "mount",
        "logrotate -d /etc/logrotate.conf",
        "nc -zv db-1 5432",
        "curl -s https://api.example/stats | python3 -m json.tool",
        "gcloud run services list",
        "redis-cli --cluster check cache-1:6379",
        "pgbackrest --stanza=main info",
        "mysqladmin -h db processlist",
        "ceph -s",
        "awk '$5 > 90 {print $1}' usage.txt",
        "sed -n '/error/p' app.log",
        "psql -c \"SELECT pg_size_pretty(pg_total_relation_size('orders')), COUNT(*) FILTER (WHERE a IN (1, 2)) FROM orders\"",
    ],
)
def test_a_question_behind_a_changing_word_is_a_question(code: str) -> None:
    assert tell_shell_effect(code) == "read"
