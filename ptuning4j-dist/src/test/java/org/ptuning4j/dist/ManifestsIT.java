package org.ptuning4j.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.ServerSettings;

/**
 * The manifests for Kubernetes: each field is one that the cluster knows, and what is promised
 * holds.
 */
class ManifestsIT {

  private static final Path FOLDER = Path.of("../deploy/kubernetes");

  /** Kubernetes' model, which else keeps what it does not know. */
  private static final ObjectMapper STRICT =
      new ObjectMapper(
              YAMLFactory.builder().enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL).build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              });

  @TempDir Path folder;

  private static <T> T read(String file, Class<T> kind) {
    try {
      return STRICT.readValue(FOLDER.resolve(file).toFile(), kind);
    } catch (IOException e) {
      throw new AssertionError(file + ": " + e.getMessage(), e);
    }
  }

  private static PodSpec pod() {
    return read("deployment.yaml", Deployment.class).getSpec().getTemplate().getSpec();
  }

  private static Container container() {
    return pod().getContainers().get(0);
  }

  @Test
  void everyManifestIsKnownAndPartOfTheWhole() throws IOException {
    Map<String, Class<?>> kinds =
        Map.of(
            "configmap.yaml", ConfigMap.class,
            "secret.yaml", Secret.class,
            "pvc.yaml", PersistentVolumeClaim.class,
            "deployment.yaml", Deployment.class,
            "service.yaml", Service.class,
            "networkpolicy.yaml", NetworkPolicy.class,
            "poddisruptionbudget.yaml", PodDisruptionBudget.class);
    kinds.forEach(ManifestsIT::read);
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(kinds.keySet().stream(), Stream.of("kustomization.yaml")).toList());
    }
    List<?> resources =
        (List<?>)
            STRICT
                .readValue(FOLDER.resolve("kustomization.yaml").toFile(), Map.class)
                .get("resources");
    assertThat(resources.stream().map(String::valueOf))
        .containsExactlyInAnyOrderElementsOf(kinds.keySet());
  }

  /** Otherwise a misspelt field would pass. */
  @Test
  void unknownFieldsAreNoticed() throws IOException {
    Path wrong = folder.resolve("wrong.yaml");
    String manifest = Files.readString(FOLDER.resolve("deployment.yaml"));
    Files.writeString(wrong, manifest.replace("readOnlyRootFilesystem", "readonlyRootFilesystem"));
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> STRICT.readValue(wrong.toFile(), Deployment.class))
        .hasMessageContaining("readonlyRootFilesystem");
  }

  @Test
  void theContainerMayDoNothingThatItNeedNot() {
    PodSpec pod = pod();
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    Container container = container();
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getResources().getLimits()).containsKeys("cpu", "memory");
    assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
  }

  @Test
  void namesReferToEachOther() {
    List<String> ports = container().getPorts().stream().map(ContainerPort::getName).toList();
    Service service = read("service.yaml", Service.class);
    assertThat(ports).contains(service.getSpec().getPorts().get(0).getTargetPort().getStrVal());
    assertThat(List.of(container().getLivenessProbe(), container().getReadinessProbe()))
        .allMatch(probe -> ports.contains(probe.getHttpGet().getPort().getStrVal()));
    Deployment deployment = read("deployment.yaml", Deployment.class);
    Map<String, String> labels = deployment.getSpec().getTemplate().getMetadata().getLabels();
    assertThat(deployment.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
    assertThat(service.getSpec().getSelector()).isEqualTo(labels);
    assertThat(
            read("networkpolicy.yaml", NetworkPolicy.class)
                .getSpec()
                .getPodSelector()
                .getMatchLabels())
        .isEqualTo(labels);
    assertThat(container().getVolumeMounts().stream().map(VolumeMount::getName))
        .containsExactlyInAnyOrderElementsOf(
            pod().getVolumes().stream().map(Volume::getName).toList());
  }

  /** What the server reads in the pod is what it understands. */
  @Test
  void theConfigurationIsTheServers() throws IOException {
    String keys = read("secret.yaml", Secret.class).getStringData().get("keys.yaml");
    Path keyFile = Files.writeString(folder.resolve("keys.yaml"), keys);
    String yaml = read("configmap.yaml", ConfigMap.class).getData().get("server.yaml");
    Path file =
        Files.writeString(
            folder.resolve("server.yaml"),
            yaml.replace("/etc/ptune-keys/keys.yaml", keyFile.toString()));
    ServerSettings settings = ServerSettings.read(file);
    assertThat(settings.admin().orElseThrow().port())
        .isEqualTo(
            container().getPorts().stream()
                .filter(port -> port.getName().equals("admin"))
                .findFirst()
                .orElseThrow()
                .getContainerPort());
    assertThat(settings.limits().seconds(Limit.DRAIN_SECONDS).toSeconds())
        .isLessThan(pod().getTerminationGracePeriodSeconds());
  }
}
