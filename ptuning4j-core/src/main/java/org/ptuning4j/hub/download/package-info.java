/** Files from web servers to this machine: resumed, checked, and placed whole or not at all. */
package org.ptuning4j.hub.download;
