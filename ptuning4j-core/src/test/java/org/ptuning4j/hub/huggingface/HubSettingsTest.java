package org.ptuning4j.hub.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.download.AccessToken;

class HubSettingsTest {

  @TempDir Path home;

  private HubSettings of(String... variables) {
    java.util.Map<String, String> environment = new java.util.HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return HubSettings.of(environment, home);
  }

  @Test
  void theCacheIsWherePythonHasIt() {
    assertThat(of().cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
    assertThat(of("XDG_CACHE_HOME", "/x").cache()).isEqualTo(Path.of("/x/huggingface/hub"));
    assertThat(of("HF_HOME", "~/hf", "XDG_CACHE_HOME", "/x").cache())
        .isEqualTo(home.resolve("hf/hub"));
    assertThat(of("HUGGINGFACE_HUB_CACHE", "/old").cache()).isEqualTo(Path.of("/old"));
    assertThat(of("HF_HUB_CACHE", "$A/${B}/$C", "A", "/a", "B", "b", "HF_HOME", "/x").cache())
        .isEqualTo(Path.of("/a/b/$C"));
    assertThat(of("HF_HUB_CACHE", " ").cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
  }

  @Test
  void theTokenComesFromTheVariableThenTheFile() throws IOException {
    assertThat(of().token()).isEmpty();
    Path file = home.resolve(".cache/huggingface/token");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "  hf_file\n");
    assertThat(of().token().map(AccessToken::value)).contains("hf_file");
    assertThat(of("HF_TOKEN", "hf_env\n").token().map(AccessToken::value)).contains("hf_env");
    assertThat(of("HF_TOKEN", "\n").token().map(AccessToken::value)).contains("hf_file");
    assertThat(of("HF_TOKEN_PATH", "/none").token()).isEmpty();
    assertThat(of("HF_TOKEN", "x", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1").token()).isEmpty();
    assertThatThrownBy(() -> of("HF_TOKEN", "hf_a b"))
        .isInstanceOf(InvalidInputException.class)
        .message()
        .doesNotContain("hf_a");
  }

  @Test
  void theTokenGoesToTheEndpointOnly() {
    AccessToken token = of("HF_TOKEN", "s", "HF_ENDPOINT", "https://Hub.test/x/").token().get();
    assertThat(token.header(URI.create("https://hub.test:443/y"))).contains("Bearer s");
    for (String other :
        new String[] {
          "http://hub.test/", "https://hub.test:444/", "https://cdn.hub.test/", "https://hub/"
        }) {
      assertThat(token.header(URI.create(other))).isEqualTo(Optional.empty());
    }
    assertThat(token).hasToString("a token for Hub.test");
  }

  @Test
  void endpointAndPatienceAreChecked() {
    assertThat(of().endpoint()).hasToString("https://huggingface.co");
    assertThat(of("HF_ENDPOINT", "http://h:1/p//").endpoint()).hasToString("http://h:1/p");
    for (String wrong : new String[] {"hub.test", "ftp://x", "https://", "https://h?q=1", "h t"}) {
      assertThatThrownBy(() -> of("HF_ENDPOINT", wrong))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(wrong);
    }
    assertThat(of().patience()).isEqualTo(Duration.ofSeconds(10));
    assertThat(of("HF_HUB_DOWNLOAD_TIMEOUT", "60").patience()).isEqualTo(Duration.ofMinutes(1));
    assertThatThrownBy(() -> of("HF_HUB_DOWNLOAD_TIMEOUT", "0"))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void offlineAndLinksAreSwitches() {
    assertThat(of().offline()).isFalse();
    assertThat(of("HF_HUB_OFFLINE", "0").offline()).isFalse();
    for (String yes : new String[] {"1", "on", "Yes", "TRUE"}) {
      assertThat(of("HF_HUB_OFFLINE", yes).offline()).isTrue();
    }
    assertThat(of("TRANSFORMERS_OFFLINE", "1").offline()).isTrue();
    assertThat(of().symlinks()).isTrue();
    assertThat(HubSettings.of(Map.of("HF_HUB_DISABLE_SYMLINKS", "1"), home).symlinks()).isFalse();
  }
}
