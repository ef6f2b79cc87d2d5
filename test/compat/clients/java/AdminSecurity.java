import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** ACLs, tokens, users and quotas on a broker without security; and the kinds of groups that are neither of the two. */
public final class AdminSecurity extends AdminTranscript {
    private AdminSecurity(String bootstrap) throws Exception {
        super(bootstrap);
    }

    public static void main(String[] args) throws Exception {
        try (AdminSecurity transcript = new AdminSecurity(args[0])) {
            transcript.run();
        }
    }

    @Override
    void run() {
        acls();
        users();
        quotas();
        step("describeShareGroups unknown", () -> admin.describeShareGroups(List.of("unknown")).all().get());
        step("deleteShareGroups unknown", () -> admin.deleteShareGroups(List.of("unknown")).all().get());
        step("describeStreamsGroups unknown", () -> admin.describeStreamsGroups(List.of("unknown")).all().get());
        step("deleteStreamsGroups unknown", () -> admin.deleteStreamsGroups(List.of("unknown")).all().get());
    }

    private void acls() {
        AclBinding binding = new AclBinding(new ResourcePattern(ResourceType.TOPIC, "x", PatternType.LITERAL),
                new AccessControlEntry("User:ann", "*", AclOperation.READ, AclPermissionType.ALLOW));
        step("describeAcls", () -> admin.describeAcls(AclBindingFilter.ANY).values().get());
        step("createAcls", () -> admin.createAcls(List.of(binding)).all().get());
        step("deleteAcls", () -> admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get());
        step("createDelegationToken", () -> admin.createDelegationToken().delegationToken().get());
        step("describeDelegationToken", () -> admin.describeDelegationToken().delegationTokens().get());
        step("renewDelegationToken", () -> admin.renewDelegationToken(new byte[] {1}).expiryTimestamp().get());
        step("expireDelegationToken", () -> admin.expireDelegationToken(new byte[] {1}).expiryTimestamp().get());
    }

    private void users() {
        step("describeUserScramCredentials", () -> admin.describeUserScramCredentials().all().get());
        step("alterUserScramCredentials", () -> admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("ann",
                new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), "secret"))).all().get());
        awaitTold(() -> admin.describeUserScramCredentials().all().get().toString(), "{ann=");
        step("describeUserScramCredentials of one", () -> admin.describeUserScramCredentials(List.of("ann")).description("ann").get());
        step("describeUserScramCredentials unknown", () -> admin.describeUserScramCredentials(List.of("bob")).description("bob").get());
        step("alterUserScramCredentials, too few iterations", () -> admin.alterUserScramCredentials(List.of(
                new UserScramCredentialUpsertion("ann", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 10), "secret"))).all().get());
        step("alterUserScramCredentials, deleted", () -> admin.alterUserScramCredentials(List.of(
                new UserScramCredentialDeletion("ann", ScramMechanism.SCRAM_SHA_256))).all().get());
        awaitTold(() -> admin.describeUserScramCredentials().all().get().toString(), "{}");
        step("alterUserScramCredentials, deleted again", () -> admin.alterUserScramCredentials(List.of(
                new UserScramCredentialDeletion("ann", ScramMechanism.SCRAM_SHA_256))).all().get());
    }

    private void quotas() {
        ClientQuotaEntity user = new ClientQuotaEntity(Map.of("user", "ann"));
        step("describeClientQuotas", () -> quotasOf(ClientQuotaFilter.all()));
        step("alterClientQuotas", () -> alter(user, "producer_byte_rate", 1000.0));
        awaitTold(() -> quotasOf(ClientQuotaFilter.all()), "{{user=ann}=");
        step("describeClientQuotas of a user", () ->
                quotasOf(ClientQuotaFilter.containsOnly(List.of(ClientQuotaFilterComponent.ofEntity("user", "ann")))));
        step("alterClientQuotas, unknown", () -> alter(user, "no.such", 1.0));
        step("alterClientQuotas, taken away", () -> alter(user, "producer_byte_rate", null));
        awaitTold(() -> quotasOf(ClientQuotaFilter.all()), "{}");
        step("describeClientQuotas in the end", () -> quotasOf(ClientQuotaFilter.all()));
    }

    /** Waits until the broker tells what the controller has accepted; a broker that serves none of it never will. */
    private static void awaitTold(Callable<String> question, String start) {
        try {
            for (int tries = 0; tries < 100 && !question.call().startsWith(start); tries++) {
                Thread.sleep(20);
            }
        } catch (Exception e) {
            // The next step asks the same, and says so.
        }
    }

    private Object alter(ClientQuotaEntity entity, String key, Double value) throws Exception {
        return admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, List.of(new ClientQuotaAlteration.Op(key, value))))).all().get();
    }

    private String quotasOf(ClientQuotaFilter filter) throws Exception {
        Map<String, String> shown = new TreeMap<>();
        admin.describeClientQuotas(filter).entities().get().forEach((entity, values) ->
                shown.put(new TreeMap<>(entity.entries()).toString(), new TreeMap<>(values).toString()));
        return shown.toString();
    }
}
