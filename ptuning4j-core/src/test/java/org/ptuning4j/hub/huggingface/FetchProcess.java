package org.ptuning4j.hub.huggingface;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.download.Retries;
import org.ptuning4j.hub.download.WebClient;

/** Fetches a model in a process of its own, as the variables say. */
public final class FetchProcess {

  private FetchProcess() {}

  /** Takes the model's name. */
  public static void main(String[] arguments) {
    HubSettings settings = HubSettings.of(System.getenv(), Path.of("/nowhere"));
    WebClient web = new WebClient(Map.of(), settings.token(), settings.patience());
    new HubModels(settings, web, Retries.standard(), DownloadListener.SILENT)
        .folder(HubName.parse(arguments[0]).orElseThrow());
  }

  static Process start(TestHub hub, Path cache, String model) throws IOException {
    ProcessBuilder process =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                FetchProcess.class.getName(),
                model));
    process.environment().put("HF_ENDPOINT", hub.hub.uri().toString());
    process.environment().put("HF_HUB_CACHE", cache.toString());
    return process.inheritIO().start();
  }
}
