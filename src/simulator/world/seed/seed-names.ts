/** Names the seeded people get: Māori with macrons, Pacific, European and others with marks of their own. */
export const GIVEN_NAMES = words(`Aroha Hēmi Māia Tāne Whetū Rāwiri Kahurangi Tāmati Ngāio Wiremu Anahera Rēweti Hinewai
  Mikaere Kōwhai Tūī Emily Jack Charlotte Oliver Sione Lupe Tavita Mele Søren Åse Jürgen Zoë Siobhán José Chloé Łukasz
  Priya Wei Yūki Fatima Noah Amelia Liam Grace`);

export const SURNAMES = words(`Ngāta Parata Te-Kanawa Pōtae Tūhoe Wētere Kīngi Hōhaia Rātana Māhuika Smith Taylor Wilson
  Brown Tuilagi Fonoti Vaipulu Sørensen Jensen Müller García O'Brien Núñez Kowalski Patel Singh Chen Tanaka Nguyễn
  Campbell Fraser MacDonald Thompson Walker Robinson Young King Wright Green Baker`);

export const DEPARTMENTS = words('Field-Services Payroll Home-Care Forestry Inspections Security Logistics Clinics');
export const JOB_TITLES = words('Technician Nurse Surveyor Driver Inspector Guard Coordinator Advisor');

function words(text: string): readonly [string, ...string[]] {
  const [first = '', ...rest] = text
    .trim()
    .split(/\s+/)
    .map((word) => word.replaceAll('-', ' '));
  return [first, ...rest];
}
